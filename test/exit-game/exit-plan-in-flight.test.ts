import { describe, expect, test } from '@jest/globals'
import { inFlightExitId } from '../../src/exit-game/exit-id.ts'
import { recover } from '../../src/plasma/signature.ts'
import { signingHash } from '../../src/plasma/typed-data.ts'
import type { Timestamp, UtxoPos } from '../../src/plasma/units.ts'
import { childChain, MEP } from '../support/exits.ts'
import { holdingsIn, inFlight, left, nothing, NOW, planOf, standard } from '../support/holdings.ts'
import { alice, bob, carol, mallory } from '../support/signers.ts'
import { deposit, framework, pay, payment, rawPayment, signedWith, token } from '../support/transactions.ts'

describe('an input of an own transaction that no valid block holds', () => {
  test('leaves with that transaction, joined by own inputs and outputs, and never by itself', () => {
    const chain = childChain()
    const alices = chain.deposit(alice, 10n)
    const tx = payment([{ utxoPos: alices, signer: alice }], [pay(bob, 3n), pay(alice, 7n)])
    const plan = planOf({ chain, people: [alice], archived: [tx] })
    expect(plan).toMatchObject({
      ...nothing,
      inFlightExits: [
        {
          exitId: inFlightExitId(tx.transaction.raw),
          data: {
            in_flight_tx: tx.transaction.raw,
            input_txs: [deposit(alice, 10n).raw],
            input_utxos_pos: [alices],
            in_flight_tx_sigs: tx.signatures,
          },
          piggybacks: [
            { side: 'input', index: 0, output: { amount: 10n } },
            { side: 'output', index: 1, output: { amount: 7n } },
          ],
          addExitQueues: [],
        },
      ],
    })
  })

  test('joins in phase 1 and before the deadline of leaving', () => {
    const chain = childChain()
    const tx = payment([{ utxoPos: chain.deposit(alice, 10n), signer: alice }], [pay(alice, 10n)])
    const near = { firstBad: { blknum: 1000n, timestamp: (NOW - MEP + 100n) as Timestamp } }
    const far = { firstBad: { blknum: 1000n, timestamp: NOW } }
    const deadlines = (terms: typeof near) =>
      planOf({ chain, people: [alice], archived: [tx], terms }).inFlightExits[0]?.piggybacks.map(
        ({ deadline }) => deadline,
      )
    expect(deadlines(near)).toEqual([NOW + 99n, NOW + 99n])
    expect(deadlines(far)).toEqual([NOW + MEP / 2n - 1n, NOW + MEP / 2n - 1n])
  })

  test('with a signature of a high s is started with the low one, in the order of the inputs', () => {
    const chain = childChain()
    const [one, two] = [chain.deposit(alice, 5n), chain.deposit(bob, 5n)]
    const tx = payment(
      [
        { utxoPos: one, signer: alice },
        { utxoPos: two, signer: bob },
      ],
      [pay(alice, 10n)],
    )
    const [ofAlice = new Uint8Array(), ofBob = new Uint8Array()] = tx.signatures
    const plan = planOf({ chain, people: [alice], archived: [signedWith(tx.transaction, [ofBob, highS(ofAlice)])] })
    const sigs = plan.inFlightExits[0]?.data.in_flight_tx_sigs ?? []
    expect(sigs).toEqual([ofAlice, ofBob])
    const digest = signingHash(tx.transaction, framework)
    expect(sigs.map((sig) => recover(digest, sig))).toEqual([alice.address, bob.address])
  })

  test('of several own accounts joins with all of them, and asks for the queues of their tokens once', () => {
    const chain = childChain()
    const [one, two] = [chain.deposit(alice, 5n, token), chain.deposit(bob, 5n, token)]
    const tx = payment(
      [
        { utxoPos: one, signer: alice },
        { utxoPos: two, signer: bob },
      ],
      [pay(alice, 4n, token), pay(bob, 4n, token), pay(carol, 2n, token)],
    )
    const plan = planOf({ chain, people: [alice, bob], archived: [tx] })
    expect(inFlight(plan)).toEqual([
      { txHash: tx.transaction.txHash, pieces: ['input 0', 'input 1', 'output 0', 'output 1'] },
    ])
    expect(plan.inFlightExits[0]?.addExitQueues).toEqual([token])
    expect(plan.standardExits).toEqual([])
  })

  test('is over when a valid block holds the transaction: its outputs leave by themselves', () => {
    const chain = childChain()
    const tx = payment([{ utxoPos: chain.deposit(alice, 10n), signer: alice }], [pay(bob, 3n), pay(alice, 7n)])
    const included = chain.block(tx)
    const plan = planOf({ chain, people: [alice], archived: [tx] })
    expect(plan.inFlightExits).toEqual([])
    expect(standard(plan)).toEqual([(included + 1n) as UtxoPos])
  })

  test('that was signed twice does not join; of both transactions one is exited, and the other named', () => {
    const chain = childChain()
    const alices = chain.deposit(alice, 10n)
    const first = payment([{ utxoPos: alices, signer: alice }], [pay(bob, 3n), pay(alice, 7n)])
    const second = payment([{ utxoPos: alices, signer: alice }], [pay(alice, 9n), pay(carol, 1n)])
    const plan = planOf({ chain, people: [alice], archived: [first, second] })
    expect(inFlight(plan)).toEqual([{ txHash: first.transaction.txHash, pieces: ['output 1'] }])
    expect(plan.standardExits).toEqual([])
    expect(left(plan)).toEqual([
      ['input_signed_twice', 10n, alices],
      ['competes', 9n, second.transaction.txHash, 0],
    ])
  })

  test('that was signed twice leaves with the one that the invalid block holds', () => {
    const chain = childChain()
    const alices = chain.deposit(alice, 10n)
    const first = payment([{ utxoPos: alices, signer: alice }], [pay(bob, 3n), pay(alice, 7n)])
    const second = payment([{ utxoPos: alices, signer: alice }], [pay(alice, 9n), pay(carol, 1n)])
    const plan = planOf({ chain, people: [alice], archived: [first, second], rejected: [second] })
    expect(inFlight(plan)).toEqual([{ txHash: second.transaction.txHash, pieces: ['output 0'] }])
  })

  test('leaves as an input only when a block has spent another input of the transaction', () => {
    const chain = childChain()
    const [alices, mallorys] = [chain.deposit(alice, 10n), chain.deposit(mallory, 10n)]
    const tx = payment(
      [
        { utxoPos: alices, signer: alice },
        { utxoPos: mallorys, signer: mallory },
      ],
      [pay(alice, 20n)],
    )
    chain.block(payment([{ utxoPos: mallorys, signer: mallory }], [pay(mallory, 10n)]))
    const plan = planOf({ chain, people: [alice], archived: [tx] })
    expect(inFlight(plan)).toEqual([{ txHash: tx.transaction.txHash, pieces: ['input 0'] }])
    expect(left(plan)).toEqual([['not_canonical', 20n, tx.transaction.txHash, 0]])
  })

  test('is lost when another owner has not signed: the own signature would challenge its exit', () => {
    const chain = childChain()
    const [alices, mallorys] = [chain.deposit(alice, 10n), chain.deposit(mallory, 10n)]
    const raw = rawPayment([alices, mallorys], [pay(alice, 20n)])
    const both = payment(
      [
        { utxoPos: alices, signer: alice },
        { utxoPos: mallorys, signer: mallory },
      ],
      [pay(alice, 20n)],
    )
    const half = signedWith(raw, [both.signatures[0] ?? new Uint8Array(65), new Uint8Array(65)])
    const plan = planOf({ chain, people: [alice], archived: [half] })
    expect(plan).toMatchObject({ inFlightExits: [], standardExits: [] })
    expect(left(plan)).toEqual([
      ['signature_missing', 10n, alices],
      ['signature_missing', 20n, raw.txHash, 0],
    ])
  })

  test('that creates money is not started: the contract would refuse it', () => {
    const chain = childChain()
    const alices = chain.deposit(alice, 10n)
    const tx = payment([{ utxoPos: alices, signer: alice }], [pay(alice, 11n)])
    expect(planOf({ chain, people: [alice], archived: [tx] })).toMatchObject({
      inFlightExits: [],
      standardExits: [],
      unsaveable: [{ because: 'creates_money', utxoPos: alices }, { because: 'creates_money' }],
    })
  })

  test('is not signed away by a transaction that merely names it', () => {
    const chain = childChain()
    const alices = chain.deposit(alice, 10n)
    const forged = payment([{ utxoPos: alices, signer: mallory }], [pay(mallory, 9n), pay(alice, 1n)])
    const plan = planOf({ chain, people: [alice], archived: [forged] })
    expect(standard(plan)).toEqual([alices])
    expect(plan.inFlightExits).toEqual([])
  })
})

test('holdings know a transaction by all signatures that any source shows', () => {
  const chain = childChain()
  const [one, two] = [chain.deposit(alice, 5n), chain.deposit(bob, 5n)]
  const tx = payment(
    [
      { utxoPos: one, signer: alice },
      { utxoPos: two, signer: bob },
    ],
    [pay(alice, 10n)],
  )
  const half = signedWith(tx.transaction, [tx.signatures[0] ?? new Uint8Array(65), new Uint8Array(65)])
  const { transactions } = holdingsIn({ chain, people: [alice], archived: [half, tx] })
  expect(transactions.map(({ signatures }) => new Set(signatures.keys()))).toEqual([
    new Set([alice.address, bob.address]),
  ])
})

function highS(signature: Uint8Array): Uint8Array {
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
  const s = BigInt(`0x${Buffer.from(signature.subarray(32, 64)).toString('hex')}`)
  const high = signature.slice()
  high.set(Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex'), 32)
  high[64] = signature[64] === 27 ? 28 : 27
  return high
}
