import { describe, expect, test } from '@jest/globals'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { canonicalProof } from '../../src/exit-game/canonical-proof.ts'
import { competitorData } from '../../src/exit-game/competitor-data.ts'
import { exitData, inFlightExitData } from '../../src/exit-game/exit-data.ts'
import { standardExitId } from '../../src/exit-game/exit-id.ts'
import { inputChallenge, outputChallenge } from '../../src/exit-game/piggyback-challenge.ts'
import { standardExitChallenge } from '../../src/exit-game/standard-exit-challenge.ts'
import { verifyCanonicalProof } from '../../src/exit-game/verify-canonical-proof.ts'
import { verifyCompetitor } from '../../src/exit-game/verify-competitor.ts'
import { verifyInputChallenge, verifyOutputChallenge } from '../../src/exit-game/verify-piggyback-challenge.ts'
import {
  verifyStandardExitChallenge,
  type ClaimedStandardExitChallenge,
} from '../../src/exit-game/verify-standard-exit-challenge.ts'
import { toBigInt, uint256 } from '../../src/lib/bytes.ts'
import { merkleRoot, verifyProof } from '../../src/plasma/merkle.ts'
import { outputId } from '../../src/plasma/output-id.ts'
import type { Address, UtxoPos } from '../../src/plasma/units.ts'
import {
  challengedBy,
  childChain,
  exitStarted,
  gameOf,
  inFlightExitStarted,
  NOT_INCLUDED,
  piggybacked,
} from '../support/exits.ts'
import { alice, bob, carol, mallory } from '../support/signers.ts'
import { at, framework, pay, payment, rawPayment, signedWith } from '../support/transactions.ts'

const garbage = Uint8Array.of(1, 2, 3)
const next = (utxoPos: UtxoPos) => (utxoPos + 1n) as UtxoPos

/** The same signature as somebody makes it who does not keep s low. */
function highS(signature: Uint8Array): Uint8Array {
  const malleable = signature.slice()
  malleable.set(uint256(secp256k1.Point.CURVE().n - toBigInt(signature.subarray(32, 64))), 32)
  malleable[64] = signature[64] === 27 ? 28 : 27
  return malleable
}

describe('what is said to challenge a standard exit is checked as the contract will', () => {
  const chain = childChain()
  const coin = chain.deposit(mallory, 10n)
  const other = chain.deposit(alice, 4n)
  const toBob = payment(
    [
      { utxoPos: other, signer: alice },
      { utxoPos: coin, signer: mallory },
    ],
    [pay(bob, 14n)],
  )
  const signature = toBob.signatures[1] ?? garbage
  const exitingTx = chain.creating(coin)
  const claim: ClaimedStandardExitChallenge = {
    exitId: standardExitId(exitingTx, coin),
    utxoPos: coin,
    exitingTx,
    challengeTx: toBob.transaction.raw,
    inputIndex: 1,
    signature,
    framework,
  }
  const verified = (different: Partial<ClaimedStandardExitChallenge>) =>
    verifyStandardExitChallenge({ ...claim, ...different })

  test('the payment proves it', () => {
    expect(verified({})).toEqual({ ok: true, signature })
  })

  test('a signature that the network accepts and the contract refuses is put right', () => {
    expect(verified({ signature: highS(signature) })).toEqual({ ok: true, signature })
    const early = signature.slice()
    early[64] = (signature[64] ?? 27) - 27
    expect(verified({ signature: early })).toEqual({ ok: true, signature })
  })

  test.each([
    ['no transaction as the exiting one', { exitingTx: garbage }, 'malformed_exiting_tx'],
    ['a signed transaction as the exiting one', { exitingTx: toBob.bytes }, 'malformed_exiting_tx'],
    ['a position that the exiting one does not create', { utxoPos: next(coin) }, 'output_not_created'],
    ['another exit', { exitId: claim.exitId + 1n }, 'exit_id_mismatch'],
    ['the same deposit at another position', { utxoPos: at(3n) }, 'exit_id_mismatch'],
    ['no transaction as the spender', { challengeTx: garbage }, 'malformed_spending_tx'],
    [
      'a spender with bytes behind it',
      { challengeTx: Uint8Array.of(...toBob.transaction.raw, 0) },
      'malformed_spending_tx',
    ],
    ['the exiting transaction as the spender', { challengeTx: exitingTx }, 'output_not_spent'],
    ['the wrong input', { inputIndex: 0 }, 'output_not_spent'],
    ['an input that is not there', { inputIndex: 7 }, 'output_not_spent'],
    ['a negative input', { inputIndex: -1 }, 'output_not_spent'],
    ["the other owner's signature", { signature: toBob.signatures[0] ?? garbage }, 'not_signed_by_owner'],
    ['a signature for another framework', { framework: `0x${'77'.repeat(20)}` as Address }, 'not_signed_by_owner'],
    ['no signature', { signature: new Uint8Array() }, 'not_signed_by_owner'],
    ['zeros as the signature', { signature: new Uint8Array(65) }, 'not_signed_by_owner'],
    ['a recovery id that the contract refuses', { signature: signature.with(64, 29) }, 'not_signed_by_owner'],
  ])('%s is refused', (_title, different, error) => {
    expect(verified(different)).toEqual({ ok: false, error })
  })
})

describe('what is said to challenge an in-flight exit is checked as the contract will', () => {
  const chain = childChain()
  const coin = chain.deposit(mallory, 10n)
  const spare = chain.deposit(carol, 3n)
  const toBob = payment([{ utxoPos: coin, signer: mallory }], [pay(bob, 10n)])
  const toSelf = payment([{ utxoPos: coin, signer: mallory }], [pay(mallory, 10n)])
  const others = payment([{ utxoPos: spare, signer: carol }], [pay(carol, 3n)])
  const bobs = chain.block(others, toBob) + 10_000n
  const spend = payment([{ utxoPos: bobs as UtxoPos, signer: bob }], [pay(carol, 10n)])
  chain.block(spend)
  const root = merkleRoot([others.transaction.raw, toBob.transaction.raw])
  const game = gameOf(
    inFlightExitStarted(chain, toSelf, 100),
    inFlightExitStarted(chain, toBob, 100),
    piggybacked(toSelf, { side: 'input', index: 0 }, 101),
    piggybacked(toBob, { side: 'output', index: 0 }, 101),
    challengedBy(toBob, toSelf, { height: 102 }),
  )
  const facts = { game, evidence: chain.evidence }
  const onContract = {
    inFlightTx: toSelf.transaction.raw,
    inputOutputId: outputId(chain.creating(coin), 0, coin),
    framework,
  }

  function found<Data>(answer: { ok: true; data: Data } | { ok: false; error: string }): Data {
    if (!answer.ok) throw new Error(answer.error)
    return answer.data
  }

  describe('a competitor', () => {
    const data = found(competitorData(facts, toSelf.transaction.txHash, framework))
    const onContractWithRoot = { ...onContract, root }

    test('with its place is accepted', () => {
      expect(data.competing_tx_pos).toBe(at(1000n, 1))
      expect(verifyCompetitor(data, onContractWithRoot)).toEqual({ ok: true, signature: toBob.signatures[0] })
    })

    test('in no block needs no proof', () => {
      const nowhere = { ...data, competing_tx_pos: 0n as UtxoPos, competing_proof: new Uint8Array() }
      expect(verifyCompetitor(nowhere, onContract)).toEqual({ ok: true, signature: toBob.signatures[0] })
    })

    test.each([
      ['about another exit', { in_flight_txbytes: toBob.transaction.raw }, 'other_in_flight_tx'],
      ['of another input', { in_flight_input_index: 1 }, 'input_mismatch'],
      ['with another input transaction', { input_tx: chain.creating(spare) }, 'input_mismatch'],
      ['with no input transaction', { input_tx: garbage }, 'malformed_input_tx'],
      [
        'that is the in-flight transaction',
        { competing_txbytes: toSelf.transaction.raw },
        'competitor_is_in_flight_tx',
      ],
      ['at the position of an output', { competing_tx_pos: at(1000n, 1, 1) }, 'position_names_an_output'],
      ['at the wrong place', { competing_tx_pos: at(1000n, 0) }, 'competitor_not_included'],
      ['with half a proof', { competing_proof: data.competing_proof.slice(0, 256) }, 'competitor_not_included'],
      ['that spends something else', { competing_input_index: 1 }, 'output_not_spent'],
      ['without its signature', { competing_sig: garbage }, 'not_signed_by_owner'],
    ])('%s is refused', (_title, different, error) => {
      expect(verifyCompetitor({ ...data, ...different }, onContractWithRoot)).toEqual({ ok: false, error })
    })

    test('in a block that the root chain does not know is refused', () => {
      expect(verifyCompetitor(data, onContract)).toEqual({ ok: false, error: 'competitor_not_included' })
    })
  })

  describe('a proof of canonicity', () => {
    const data = found(canonicalProof(facts, toBob.transaction.txHash))
    const exit = { inFlightTx: toBob.transaction.raw, oldestCompetitorPosition: NOT_INCLUDED, root }

    test('with the place of the transaction is accepted', () => {
      expect(verifyCanonicalProof(data, exit)).toEqual({ ok: true })
    })

    test.each([
      [
        'of another transaction',
        { data: { in_flight_txbytes: toSelf.transaction.raw }, state: {}, error: 'other_in_flight_tx' },
      ],
      ['at no place', { data: { in_flight_tx_pos: 0n as UtxoPos }, state: {}, error: 'position_names_an_output' }],
      [
        'at the position of an output',
        { data: { in_flight_tx_pos: at(1000n, 1, 1) }, state: {}, error: 'position_names_an_output' },
      ],
      [
        'when nobody has challenged',
        { data: {}, state: { oldestCompetitorPosition: 0n }, error: 'not_older_than_competitor' },
      ],
      [
        'when it was given before',
        { data: {}, state: { oldestCompetitorPosition: at(1000n, 1) }, error: 'not_older_than_competitor' },
      ],
      [
        'at the wrong place',
        { data: { in_flight_tx_pos: at(1000n, 0) }, state: {}, error: 'in_flight_tx_not_included' },
      ],
      ['in an unknown block', { data: {}, state: { root: undefined }, error: 'in_flight_tx_not_included' }],
    ])('%s is refused', (_title, { data: different, state, error }) => {
      expect(verifyCanonicalProof({ ...data, ...different }, { ...exit, ...state })).toEqual({ ok: false, error })
    })
  })

  describe('a spend of a piggybacked input', () => {
    const data = found(inputChallenge(facts, { txHash: toSelf.transaction.txHash, index: 0, framework }))

    test('with the signature of its owner is accepted', () => {
      expect(verifyInputChallenge(data, onContract)).toEqual({ ok: true, signature: toBob.signatures[0] })
    })

    test.each([
      ['in another exit', { in_flight_txbytes: toBob.transaction.raw }, 'other_in_flight_tx'],
      ['by the in-flight transaction', { spending_txbytes: toSelf.transaction.raw }, 'spender_is_in_flight_tx'],
      ['elsewhere', { input_utxo_pos: spare }, 'input_mismatch'],
      ['at another index', { spending_input_index: 1 }, 'output_not_spent'],
      ['that is none', { spending_txbytes: others.transaction.raw }, 'output_not_spent'],
      ['with another signature', { spending_sig: others.signatures[0] ?? garbage }, 'not_signed_by_owner'],
    ])('%s is refused', (_title, different, error) => {
      expect(verifyInputChallenge({ ...data, ...different }, onContract)).toEqual({ ok: false, error })
    })
  })

  describe('a spend of a piggybacked output', () => {
    const data = found(outputChallenge(facts, { txHash: toBob.transaction.txHash, index: 0, framework }))
    const exit = { inFlightTx: toBob.transaction.raw, outputIndex: 0, root, framework }

    test('with the signature of its owner is accepted', () => {
      expect(data.in_flight_output_pos).toBe(bobs)
      expect(verifyOutputChallenge(data, exit)).toEqual({ ok: true, signature: spend.signatures[0] })
    })

    test.each([
      [
        'in another exit',
        { data: { in_flight_txbytes: toSelf.transaction.raw }, state: {}, error: 'other_in_flight_tx' },
      ],
      [
        'of another output',
        { data: { in_flight_output_pos: next(bobs as UtxoPos) }, state: {}, error: 'output_not_created' },
      ],
      ['of an output that was not asked about', { data: {}, state: { outputIndex: 1 }, error: 'output_not_created' }],
      [
        'of a transaction elsewhere',
        { data: { in_flight_output_pos: at(1000n, 0) }, state: {}, error: 'in_flight_tx_not_included' },
      ],
      ['in an unknown block', { data: {}, state: { root: undefined }, error: 'in_flight_tx_not_included' }],
      ['that is none', { data: { spending_txbytes: others.transaction.raw }, state: {}, error: 'output_not_spent' }],
      [
        'by somebody else',
        { data: { spending_sig: toBob.signatures[0] ?? garbage }, state: {}, error: 'not_signed_by_owner' },
      ],
    ])('%s is refused', (_title, { data: different, state, error }) => {
      expect(verifyOutputChallenge({ ...data, ...different }, { ...exit, ...state })).toEqual({ ok: false, error })
    })
  })
})

describe('what starts an exit', () => {
  const chain = childChain()
  const coin = chain.deposit(alice, 10n)
  const toBob = payment([{ utxoPos: coin, signer: alice }], [pay(bob, 6n), pay(alice, 4n)])
  const bobs = chain.block(toBob)

  test('proves a deposit although it is spent', () => {
    const data = exitData(chain.evidence, coin)
    if (!data.ok) throw new Error(data.error)
    const { txbytes, proof } = data.data
    expect(verifyProof({ root: merkleRoot([txbytes]), leaf: txbytes, index: 0, proof })).toBe(true)
  })

  test.each([
    ['an output that the transaction has not', at(1000n, 0, 2), 'utxo_not_found'],
    ['a transaction that the block has not', at(1000n, 1), 'utxo_not_found'],
    ['a block that is not there', at(5000n), 'utxo_not_found'],
    ['a deposit that was not made', at(77n), 'no_deposit_for_given_blknum'],
    ['a second output of a deposit', next(coin), 'no_deposit_for_given_blknum'],
  ])('there is nothing for %s', (_title, utxoPos, error) => {
    expect(exitData(chain.evidence, utxoPos)).toEqual({ ok: false, error })
  })

  test('of an in-flight exit proves every input, in order, and makes signatures acceptable', () => {
    const inputs = [next(bobs), bobs]
    const raw = rawPayment(inputs, [pay(carol, 10n)])
    const [hers = garbage] = payment([{ utxoPos: coin, signer: alice }], [pay(carol, 1n)]).signatures
    const data = inFlightExitData(chain.evidence, signedWith(raw, [highS(hers), hers]))
    expect(data).toMatchObject({
      ok: true,
      data: {
        in_flight_tx: raw.raw,
        input_txs: [toBob.transaction.raw, toBob.transaction.raw],
        input_utxos_pos: inputs,
        in_flight_tx_sigs: [hers, hers],
      },
    })
  })

  test('of an in-flight exit needs every input', () => {
    const unknown = payment([{ utxoPos: at(9000n), signer: alice }], [pay(carol, 10n)])
    expect(inFlightExitData(chain.evidence, unknown)).toEqual({ ok: false, error: 'tx_for_input_not_found' })
  })
})

test('an exit is challenged with a signature that the contract accepts, though the block holds another', () => {
  const chain = childChain()
  const coin = chain.deposit(mallory, 10n)
  const toBob = payment([{ utxoPos: coin, signer: mallory }], [pay(bob, 10n)])
  const [low = garbage] = toBob.signatures
  chain.block(signedWith(toBob.transaction, [highS(low)]))
  const facts = { game: gameOf(exitStarted(chain, coin, 100)), evidence: chain.evidence }
  expect(standardExitChallenge(facts, coin, framework)).toMatchObject({ ok: true, data: { sig: low } })
})

test('nobody challenges an exit that is unknown or whose output is unspent', () => {
  const chain = childChain()
  const coin = chain.deposit(alice, 10n)
  const evidence = chain.evidence
  expect(standardExitChallenge({ game: gameOf(), evidence }, coin, framework)).toEqual({
    ok: false,
    error: 'exit_not_found',
  })
  const game = gameOf(exitStarted(chain, coin, 100))
  expect(standardExitChallenge({ game, evidence }, coin, framework)).toEqual({ ok: false, error: 'utxo_not_spent' })
})
