import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { encodeFunctionData } from 'viem'
import { exitGameAbi } from '../../src/chain/abi.ts'
import {
  findCanonicityChallenge,
  findInFlightExitStart,
  findStandardExitStart,
} from '../../src/chain/call-arguments.ts'
import { inFlightExitId, standardExitId } from '../../src/exit-game/exit-id.ts'
import { type Hex, toHex } from '../../src/lib/bytes.ts'
import { depositTransaction, encodePayment } from '../../src/plasma/transaction.ts'
import { keccak } from '../../src/plasma/keccak.ts'
import { ETH, type Hash, type UtxoPos, type Wei } from '../../src/plasma/units.ts'
import { alice, mallory } from '../support/signers.ts'

const deposit = depositTransaction({ owner: alice.address, currency: ETH, amount: 5n as Wei })
const payment = (amount: bigint, inputs: readonly bigint[] = [1_000_000_000n]) =>
  encodePayment({
    inputs: inputs.map((position) => position as UtxoPos),
    outputs: [{ outputType: 1, owner: mallory.address, currency: ETH, amount: amount as Wei }],
  })
const hashOf = (raw: Uint8Array) => toHex(keccak(raw)) as Hash
const ofChildBlock = 2_000_000_070_000n as UtxoPos

function startCall(raw: Uint8Array, utxoPos: UtxoPos): Hex {
  const args = [{ utxoPos, rlpOutputTx: toHex(raw), outputTxInclusionProof: '0x1234' }] as const
  return encodeFunctionData({ abi: exitGameAbi, functionName: 'startStandardExit', args })
}

const proof: Hex = '0xab'

function startInFlightCall(raw: Uint8Array, positions: readonly bigint[], signatures: readonly Hex[]): Hex {
  const args = {
    inFlightTx: toHex(raw),
    inputTxs: positions.map(() => toHex(deposit)),
    inputUtxosPos: positions,
    inputTxsInclusionProofs: positions.map(() => proof),
    inFlightTxWitnesses: signatures,
  }
  return encodeFunctionData({ abi: exitGameAbi, functionName: 'startInFlightExit', args: [args] })
}

function challengeCall(inFlight: Uint8Array, competitor: Uint8Array, position: bigint): Hex {
  const args = {
    inputTx: '0x',
    inputUtxoPos: 1n,
    inFlightTx: toHex(inFlight),
    inFlightTxInputIndex: 0,
    competingTx: toHex(competitor),
    competingTxInputIndex: 3,
    competingTxPos: position,
    competingTxInclusionProof: '0x',
    competingTxWitness: '0x77',
  } as const
  return encodeFunctionData({ abi: exitGameAbi, functionName: 'challengeInFlightExitNotCanonical', args: [args] })
}

/** As a contract wallet packs it: a selector of its own, and the calls one after the other, at any place. */
const multicall = (...calls: readonly Hex[]): Hex => `0xdeadbeef01${calls.map((call) => call.slice(2)).join('77')}`

describe('The call that started a standard exit', () => {
  const utxoPos = 1_000_000_000n as UtxoPos
  const exitId = standardExitId(deposit, utxoPos)

  test('is read from a direct call, and from a wrapper of the same arguments', () => {
    const call = startCall(deposit, utxoPos)
    const wrapper: Hex = `0xbf1f316d${call.slice(10)}`
    for (const calldata of [call, wrapper])
      expect(findStandardExitStart(calldata, { exitId })).toEqual({ utxoPos, outputTx: deposit })
  })

  test('is told from the others in one transaction by the exit id', () => {
    const other = 2_001_000_000_000n as UtxoPos
    const calldata = multicall(startCall(deposit, other), startCall(deposit, utxoPos), startCall(payment(1n), other))
    expect(findStandardExitStart(calldata, { exitId })).toEqual({ utxoPos, outputTx: deposit })
    expect(findStandardExitStart(calldata, { exitId: standardExitId(deposit, other) })?.utxoPos).toBe(other)
  })

  test('is not a decoy at another position, when the contract says which it is', () => {
    const decoy = 5_000_000_070_000n as UtxoPos
    const raw = payment(9n)
    const calldata = multicall(startCall(raw, decoy), startCall(raw, ofChildBlock))
    const exit = { exitId: standardExitId(raw, ofChildBlock), utxoPos: ofChildBlock }
    expect(standardExitId(raw, decoy)).toBe(exit.exitId)
    expect(findStandardExitStart(calldata, exit)?.utxoPos).toBe(ofChildBlock)
  })

  test('is not found where it is not', () => {
    for (const calldata of ['0x', '0x70e01462', startCall(payment(1n), ofChildBlock), multicall()] as const)
      expect(findStandardExitStart(calldata, { exitId })).toBeUndefined()
  })

  test('any bytes are read without an exception, and in bounded time', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (junk) => {
        const calldata: Hex = `0x70e01462${toHex(junk).slice(2)}70e01462${toHex(junk).slice(2)}`
        expect(findStandardExitStart(calldata, { exitId })).toBeUndefined()
      }),
    )
    const decoys: Hex = `0x${'70e01462'.repeat(30_000)}`
    expect(findStandardExitStart(decoys, { exitId })).toBeUndefined()
  })

  test('cut off anywhere, it is not half believed', () => {
    const call = startCall(deposit, utxoPos)
    for (let end = 2; end < call.length - 2; end += 2) {
      const found = findStandardExitStart(call.slice(0, end) as Hex, { exitId })
      if (found) expect(found).toEqual({ utxoPos, outputTx: deposit })
    }
  })
})

describe('The call that started an in-flight exit', () => {
  const raw = payment(7n, [1_000_000_000n, 2_000_000_000n])
  const real = startInFlightCall(raw, [1_000_000_000n, 2_000_000_000n], ['0x01', '0x02'])

  test('gives everything in input order', () => {
    expect(findInFlightExitStart(real, hashOf(raw))).toEqual({
      exitId: inFlightExitId(raw),
      inFlightTx: raw,
      signatures: [Uint8Array.of(1), Uint8Array.of(2)],
      inputTxs: [deposit, deposit],
      inputUtxosPos: [1_000_000_000n, 2_000_000_000n],
    })
  })

  test('is not a decoy whose positions or numbers do not fit the transaction', () => {
    const calldata = multicall(
      startInFlightCall(raw, [2_000_000_000n, 1_000_000_000n], ['0x01', '0x02']),
      startInFlightCall(raw, [1_000_000_000n, 2_000_000_000n], ['0x01']),
      real,
    )
    expect(findInFlightExitStart(calldata, hashOf(raw))?.signatures).toHaveLength(2)
    expect(findInFlightExitStart(calldata, hashOf(payment(8n)))).toBeUndefined()
  })

  test('bytes that are no transaction start no in-flight exit', () => {
    const junk = Uint8Array.of(1, 2, 3)
    expect(findInFlightExitStart(startInFlightCall(junk, [], []), hashOf(junk))).toBeUndefined()
  })
})

describe('The call that challenged canonicity', () => {
  const inFlight = payment(1n)

  test('is told by the transaction and the position of the competitor', () => {
    const calldata = multicall(
      challengeCall(payment(2n), payment(3n), 5_000_000_000n),
      challengeCall(inFlight, payment(4n), 6_000_000_000n),
      challengeCall(inFlight, payment(5n), 5_000_000_000n),
    )
    const logged = { txHash: hashOf(inFlight), competitorPosition: 5_000_000_000n }
    expect(findCanonicityChallenge(calldata, logged)).toEqual({
      competingTx: payment(5n),
      competingTxInputIndex: 3,
      competingTxSignature: Uint8Array.of(0x77),
    })
  })

  test('a competitor in no block is logged at the last position there is', () => {
    const logged = { txHash: hashOf(inFlight), competitorPosition: 2n ** 256n - 1n }
    expect(findCanonicityChallenge(challengeCall(inFlight, payment(2n), 0n), logged)?.competingTx).toEqual(payment(2n))
    expect(findCanonicityChallenge(challengeCall(inFlight, payment(2n), 1n), logged)).toBeUndefined()
  })
})
