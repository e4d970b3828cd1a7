import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { encodeFunctionData } from 'viem'
import { exitGameAbi, vaultAbi } from '../../src/chain/abi.ts'
import {
  canonicityChallenges,
  deposits,
  inFlightExitStarts,
  standardExitStarts,
} from '../../src/chain/call-arguments.ts'
import { inFlightExitId, standardExitId } from '../../src/exit-game/exit-id.ts'
import { fromHex, type Hex, toHex } from '../../src/lib/bytes.ts'
import { keccak } from '../../src/plasma/keccak.ts'
import { depositTransaction, encodePayment } from '../../src/plasma/encode-transaction.ts'
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

const anywhere = (calldata: Hex) => [fromHex(calldata), 'anywhere'] as const
const standard = (calldata: Hex, exitId: bigint) => [...standardExitStarts(fromHex(calldata), exitId, 'anywhere')]
const inFlight = (calldata: Hex, txHash: Hash) => [...inFlightExitStarts(fromHex(calldata), txHash, 'anywhere')]

describe('The call that started a standard exit', () => {
  const utxoPos = 1_000_000_000n as UtxoPos
  const exitId = standardExitId(deposit, utxoPos)
  const found = { utxoPos, outputTx: deposit, proof: Uint8Array.of(0x12, 0x34) }

  test('is read from a direct call, and from a wrapper of the same arguments', () => {
    const call = startCall(deposit, utxoPos)
    expect([...standardExitStarts(fromHex(call), exitId, 'direct')]).toEqual([found])
    expect(standard(call, exitId)).toEqual([found])
    const wrapper: Hex = `0xbf1f316d${call.slice(10)}`
    expect(standard(wrapper, exitId)).toEqual([found])
    expect([...standardExitStarts(fromHex(wrapper), exitId, 'direct')]).toEqual([])
  })

  test('is told from the others in one transaction by the exit id', () => {
    const other = 2_001_000_000_000n as UtxoPos
    const calldata = multicall(startCall(deposit, other), startCall(deposit, utxoPos), startCall(payment(1n), other))
    expect(standard(calldata, exitId)).toEqual([found])
    expect(standard(calldata, standardExitId(deposit, other))).toEqual([{ ...found, utxoPos: other }])
  })

  test('may be one of several: of an output of a child block, the id does not say where it is', () => {
    const decoy = 5_000_000_070_000n as UtxoPos
    const raw = payment(9n)
    const exit = standardExitId(raw, ofChildBlock)
    const calldata = multicall(startCall(raw, decoy), startCall(raw, ofChildBlock))
    expect(standard(calldata, exit).map((start) => start.utxoPos)).toEqual([decoy, ofChildBlock])
  })

  test('is not found where it is not', () => {
    for (const calldata of ['0x', '0x70e01462', startCall(payment(1n), ofChildBlock), multicall()] as const)
      expect(standard(calldata, exitId)).toEqual([])
  })

  test('any bytes are read without an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (junk) => {
        const calldata: Hex = `0x70e01462${toHex(junk).slice(2)}70e01462${toHex(junk).slice(2)}`
        expect(standard(calldata, exitId)).toEqual([])
      }),
    )
  })

  test('decoys by the ten thousand neither hide it nor take long, unless each of them looks like a call', () => {
    const call = startCall(deposit, utxoPos)
    const selectors: Hex = `0xdeadbeef${'70e01462'.repeat(30_000)}${call.slice(2)}`
    expect(standard(selectors, exitId)).toEqual([found])
    const offset = (32).toString(16).padStart(64, '0')
    const calls: Hex = `0xdeadbeef${`70e01462${offset}`.repeat(3_600)}${call.slice(2)}`
    const began = performance.now()
    expect(standard(calls, exitId)).toEqual([])
    expect(performance.now() - began).toBeLessThan(5_000)
  })

  test('cut off anywhere, it is not half believed', () => {
    const call = startCall(deposit, utxoPos)
    for (let end = 2; end < call.length - 2; end += 2)
      for (const start of standard(call.slice(0, end) as Hex, exitId))
        expect(start).toMatchObject({ utxoPos, outputTx: deposit })
  })
})

describe('The call that started an in-flight exit', () => {
  const raw = payment(7n, [1_000_000_000n, 2_000_000_000n])
  const real = startInFlightCall(raw, [1_000_000_000n, 2_000_000_000n], ['0x01', '0x02'])

  test('gives everything in input order', () => {
    expect(inFlight(real, hashOf(raw))).toEqual([
      {
        exitId: inFlightExitId(raw),
        inFlightTx: raw,
        signatures: [Uint8Array.of(1), Uint8Array.of(2)],
        inputTxs: [deposit, deposit],
        inputUtxosPos: [1_000_000_000n, 2_000_000_000n],
        proofs: [Uint8Array.of(0xab), Uint8Array.of(0xab)],
      },
    ])
  })

  test('is not a decoy whose positions or numbers do not fit the transaction', () => {
    const calldata = multicall(
      startInFlightCall(raw, [2_000_000_000n, 1_000_000_000n], ['0x01', '0x02']),
      startInFlightCall(raw, [1_000_000_000n, 2_000_000_000n], ['0x01']),
      real,
    )
    expect(inFlight(calldata, hashOf(raw))).toMatchObject([{ signatures: [Uint8Array.of(1), Uint8Array.of(2)] }])
    expect(inFlight(calldata, hashOf(payment(8n)))).toEqual([])
  })

  test('bytes that are no transaction start no in-flight exit', () => {
    const junk = Uint8Array.of(1, 2, 3)
    expect(inFlight(startInFlightCall(junk, [], []), hashOf(junk))).toEqual([])
  })
})

describe('The call that challenged canonicity', () => {
  const challenged = payment(1n)

  test('is told by the transaction and the position of the competitor', () => {
    const calldata = multicall(
      challengeCall(payment(2n), payment(3n), 5_000_000_000n),
      challengeCall(challenged, payment(4n), 6_000_000_000n),
      challengeCall(challenged, payment(5n), 5_000_000_000n),
    )
    const logged = { txHash: hashOf(challenged), competitorPosition: 5_000_000_000n }
    expect([...canonicityChallenges(fromHex(calldata), logged, 'anywhere')]).toMatchObject([
      {
        competingTx: payment(5n),
        competingTxInputIndex: 3,
        competingTxSignature: Uint8Array.of(0x77),
        inFlightTx: challenged,
        inputUtxoPos: 1n,
        inFlightTxInputIndex: 0,
      },
    ])
  })

  test('a competitor in no block is logged at the last position there is', () => {
    const logged = { txHash: hashOf(challenged), competitorPosition: 2n ** 256n - 1n }
    const found = (position: bigint) => {
      const call = challengeCall(challenged, payment(2n), position)
      return [...canonicityChallenges(fromHex(call), logged, 'direct')].map(({ competingTx }) => competingTx)
    }
    expect(found(0n)).toEqual([payment(2n)])
    expect(found(1n)).toEqual([])
  })
})

test('Every deposit that a calldata makes is found', () => {
  const call = (raw: Uint8Array) => encodeFunctionData({ abi: vaultAbi, functionName: 'deposit', args: [toHex(raw)] })
  expect([...deposits(fromHex(call(deposit)), 'direct')]).toEqual([deposit])
  expect([...deposits(...anywhere(multicall(call(payment(1n)), call(deposit))))]).toEqual([payment(1n), deposit])
  expect([...deposits(fromHex(multicall(call(deposit))), 'direct')]).toEqual([])
})
