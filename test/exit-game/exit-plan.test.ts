import { describe, expect, test } from '@jest/globals'
import { inFlightExitId, standardExitId } from '../../src/exit-game/exit-id.ts'
import { planId, type ExitPlan } from '../../src/exit-game/exit-plan.ts'
import { merkleRoot, verifyProof } from '../../src/plasma/merkle.ts'
import { recover } from '../../src/plasma/signature.ts'
import { signingHash } from '../../src/plasma/typed-data.ts'
import type { Timestamp, UtxoPos } from '../../src/plasma/units.ts'
import {
  blocked,
  childChain,
  exitStarted,
  gameOf,
  inFlightExitStarted,
  MEP,
  piggybacked,
  timeOf,
} from '../support/exits.ts'
import { holdingsIn, NOW, planOf } from '../support/holdings.ts'
import { alice, bob, carol, mallory, operator } from '../support/signers.ts'
import { at, deposit, fee, framework, pay, payment, rawPayment, signedWith, token } from '../support/transactions.ts'

const nothing = { inFlightExits: [], piggybacks: [], standardExits: [], unsaveable: [], exiting: [] }

function standard(plan: ExitPlan): UtxoPos[] {
  return plan.standardExits.map(({ data }) => data.utxo_pos)
}

function inFlight(plan: ExitPlan) {
  return plan.inFlightExits.map(({ txHash, piggybacks }) => ({
    txHash,
    pieces: piggybacks.map(({ side, index }) => `${side} ${index}`),
  }))
}

function left(plan: ExitPlan) {
  return plan.unsaveable.map(({ output, because, ...where }) => [because, output.amount, ...Object.values(where)])
}

describe('an own output that was never signed away', () => {
  test('leaves by a standard exit that the contract will accept, the worthiest first', () => {
    const chain = childChain()
    const small = chain.deposit(alice, 3n)
    const bobs = chain.deposit(bob, 10n)
    const paid = payment([{ utxoPos: bobs, signer: bob }], [pay(alice, 7n), pay(bob, 3n)])
    const big = chain.block(paid)
    const plan = planOf({ chain, people: [alice] })
    expect(plan).toEqual({
      ...nothing,
      standardExits: [
        {
          exitId: standardExitId(paid.transaction.raw, big),
          data: { utxo_pos: big, txbytes: paid.transaction.raw, proof: expect.any(Uint8Array) },
          output: pay(alice, 7n),
          addExitQueue: false,
        },
        expect.objectContaining({ data: expect.objectContaining({ utxo_pos: small }) }),
      ],
    })
    const { proof, txbytes } = plan.standardExits[0]?.data ?? { proof: new Uint8Array(), txbytes: new Uint8Array() }
    expect(verifyProof({ root: merkleRoot([paid.transaction.raw]), leaf: txbytes, index: 0, proof })).toBe(true)
  })

  test('of several accounts leaves for each of them, and of nobody else', () => {
    const chain = childChain()
    const alices = chain.deposit(alice, 1n)
    const carols = chain.deposit(carol, 2n)
    chain.deposit(mallory, 3n)
    expect(standard(planOf({ chain, people: [alice, carol] }))).toEqual([carols, alices])
  })

  test('of a token without an exit queue asks for one; ether comes first, whatever the amounts', () => {
    const chain = childChain()
    const tokens = chain.deposit(alice, 1_000n, token)
    const ether = chain.deposit(alice, 1n)
    const plan = planOf({ chain, people: [alice] })
    expect(standard(plan)).toEqual([ether, tokens])
    expect(plan.standardExits.map(({ addExitQueue }) => addExitQueue)).toEqual([false, true])
  })

  test('has to leave within one exit period of the first bad block', () => {
    const chain = childChain()
    chain.deposit(alice, 1n)
    const firstBad = { blknum: 1000n, timestamp: 5_000n as Timestamp }
    const plan = planOf({ chain, people: [alice], terms: { firstBad, until: 7n as Timestamp } })
    expect(plan.standardExits[0]?.deadline).toBe(5_000n + MEP - 1n)
    const other = planOf({ chain, people: [alice], terms: { until: 7n as Timestamp } })
    expect(other.standardExits[0]?.deadline).toBe(7n)
  })

  test('leaves although the vault took the deposit after the first bad block', () => {
    const chain = childChain()
    chain.block(payment([{ utxoPos: chain.deposit(bob, 1n), signer: bob }], [pay(bob, 1n)]))
    const late = chain.deposit(alice, 5n)
    const firstBad = { blknum: 1000n, timestamp: 5_000n as Timestamp }
    expect(standard(planOf({ chain, people: [alice], terms: { firstBad } }))).toEqual([late])
  })

  test('does not leave from the bad block on, which somebody else may judge to be older than we do', () => {
    const chain = childChain()
    const bobs = chain.deposit(bob, 5n)
    const bad = chain.block(payment([{ utxoPos: bobs, signer: bob }], [pay(alice, 5n)]))
    const firstBad = { blknum: 1000n, timestamp: 5_000n as Timestamp }
    expect(left(planOf({ chain, people: [alice], terms: { firstBad } }))).toEqual([['bad_block', 5n, bad]])
  })

  test('stays when its exit is on its way, and is not tried again when its exit was challenged', () => {
    const chain = childChain()
    const one = chain.deposit(alice, 1n)
    const two = chain.deposit(alice, 2n)
    const started = [exitStarted(chain, one, 10), exitStarted(chain, two, 11)]
    const challenged = { ...started[0], type: 'ExitChallenged', utxoPos: two } as const
    const occurrence = { txHash: `0x${'c'.repeat(64)}`, rank: 0 } as never
    const game = gameOf(...started, { ...exitStarted(chain, two, 12), ...challenged, occurrence })
    expect(planOf({ chain, people: [alice], game })).toMatchObject({
      ...nothing,
      exiting: [one],
      unsaveable: [{ because: 'exit_was_challenged', utxoPos: two }],
    })
  })

  test('of fees cannot exit', () => {
    const chain = childChain()
    const alices = chain.deposit(alice, 5n)
    chain.block(
      payment([{ utxoPos: alices, signer: alice }], [pay(bob, 4n)]),
      fee(1000n, { owner: operator, amount: 1n }),
    )
    expect(planOf({ chain, people: [operator] })).toMatchObject({
      standardExits: [],
      unsaveable: [{ because: 'fee_output', utxoPos: at(1000n, 1), output: { amount: 1n } }],
    })
  })
})

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

describe('a chain of transactions in no valid block', () => {
  function story() {
    const chain = childChain()
    const alices = chain.deposit(alice, 10n)
    const first = payment([{ utxoPos: alices, signer: alice }], [pay(bob, 3n), pay(alice, 7n)])
    const hidden = at(1000n, 4, 1)
    const second = payment([{ utxoPos: hidden, signer: alice }], [pay(carol, 2n), pay(alice, 5n)])
    return { chain, first, second }
  }

  test('leaves with the first of them, without the output that the second spends', () => {
    const { chain, first, second } = story()
    const plan = planOf({ chain, people: [alice], archived: [first, second] })
    expect(inFlight(plan)).toEqual([{ txHash: first.transaction.txHash, pieces: ['input 0'] }])
    expect(left(plan)).toEqual([
      ['output_spent', 7n, first.transaction.txHash, 1],
      ['input_not_provable', 5n, second.transaction.txHash, 1],
    ])
  })

  test('holds back the output whose amount fits best, and no other', () => {
    const { chain, first, second } = story()
    const more = chain.deposit(alice, 100n)
    const other = payment([{ utxoPos: more, signer: alice }], [pay(bob, 1n), pay(alice, 99n)])
    const plan = planOf({ chain, people: [alice], archived: [other, first, second] })
    expect(inFlight(plan)).toEqual([
      { txHash: other.transaction.txHash, pieces: ['input 0', 'output 1'] },
      { txHash: first.transaction.txHash, pieces: ['input 0'] },
    ])
  })

  test('of which the invalid block shows the first holds back what is spent of it, and nothing else', () => {
    const chain = childChain()
    const alices = chain.deposit(alice, 10n)
    const first = payment([{ utxoPos: alices, signer: alice }], [pay(alice, 3n), pay(alice, 7n)])
    const second = payment([{ utxoPos: at(1000n, 0, 0), signer: alice }], [pay(bob, 3n)])
    const elsewhere = payment([{ utxoPos: at(1000n, 1, 1), signer: alice }], [pay(bob, 7n)])
    const plan = planOf({ chain, people: [alice], archived: [first, second, elsewhere], rejected: [first] })
    expect(inFlight(plan)).toEqual([{ txHash: first.transaction.txHash, pieces: ['input 0', 'output 1'] }])
  })

  test('takes an own coin with it that the second spends beside what nobody can prove', () => {
    const chain = childChain()
    const alices = chain.deposit(alice, 10n)
    const second = payment(
      [
        { utxoPos: at(1000n, 4, 1), signer: alice },
        { utxoPos: alices, signer: alice },
      ],
      [pay(bob, 12n)],
    )
    const plan = planOf({ chain, people: [alice], archived: [second] })
    expect(plan).toMatchObject({ inFlightExits: [], standardExits: [] })
    expect(left(plan)).toEqual([['input_not_provable', 10n, alices]])
  })
})

describe("somebody else's transaction that no valid block holds", () => {
  test('is not started, though it pays us', () => {
    const chain = childChain()
    const tx = payment([{ utxoPos: chain.deposit(mallory, 10n), signer: mallory }], [pay(alice, 10n)])
    const plan = planOf({ chain, people: [alice], archived: [tx] })
    expect(plan.inFlightExits).toEqual([])
    expect(left(plan)).toEqual([['somebody_elses', 10n, tx.transaction.txHash, 0]])
  })

  test('is joined when its exit is open, in its phase 1', () => {
    const chain = childChain()
    const coin = { utxoPos: chain.deposit(mallory, 10n, token), signer: mallory }
    const tx = payment([coin], [pay(bob, 1n, token), pay(alice, 9n, token)])
    const open = gameOf(inFlightExitStarted(chain, tx, 95))
    expect(planOf({ chain, people: [alice], game: open })).toMatchObject({
      ...nothing,
      piggybacks: [
        {
          side: 'output',
          index: 1,
          exitId: inFlightExitId(tx.transaction.raw),
          inFlightTx: tx.transaction.raw,
          deadline: timeOf(95) + MEP / 2n - 1n,
          addExitQueue: true,
        },
      ],
    })
    const late = { now: (timeOf(95) + MEP / 2n) as Timestamp }
    expect(left(planOf({ chain, people: [alice], game: open, terms: late }))).toEqual([
      ['phase_one_over', 9n, tx.transaction.txHash, 1],
    ])
  })

  test('in the invalid block itself is started, because that block can prove it older than any competitor', () => {
    const chain = childChain()
    const tx = payment([{ utxoPos: chain.deposit(mallory, 10n), signer: mallory }], [pay(alice, 10n)])
    const plan = planOf({ chain, people: [alice], rejected: [tx] })
    expect(inFlight(plan)).toEqual([{ txHash: tx.transaction.txHash, pieces: ['output 0'] }])
  })

  test('in the invalid block is not started when its inputs lie in that block, or are spent', () => {
    const chain = childChain()
    const [one, two] = [chain.deposit(mallory, 10n), chain.deposit(mallory, 20n)]
    const first = payment([{ utxoPos: one, signer: mallory }], [pay(mallory, 10n)])
    const young = payment([{ utxoPos: at(2000n, 0), signer: mallory }], [pay(alice, 10n)])
    const spent = payment([{ utxoPos: two, signer: mallory }], [pay(alice, 20n)])
    chain.block(payment([{ utxoPos: two, signer: mallory }], [pay(mallory, 20n)]))
    const plan = planOf({ chain, people: [alice], rejected: [first, young, spent] })
    expect(plan.inFlightExits).toEqual([])
    expect(left(plan)).toEqual([
      ['input_not_provable', 10n, young.transaction.txHash, 0],
      ['not_canonical', 20n, spent.transaction.txHash, 0],
    ])
  })
})

describe('an own in-flight exit that is open', () => {
  const chain = childChain()
  const alices = chain.deposit(alice, 10n)
  const tx = payment([{ utxoPos: alices, signer: alice }], [pay(bob, 3n), pay(alice, 7n)])
  const started = inFlightExitStarted(chain, tx, 95)
  const input = { side: 'input', index: 0 } as const

  test('is not started again, but joined with what has not joined', () => {
    const plan = planOf({ chain, people: [alice], game: gameOf(started, piggybacked(tx, input, 96)) })
    expect(plan).toMatchObject({ ...nothing, piggybacks: [{ side: 'output', index: 1 }] })
  })

  test('does not join again with what was challenged as spent', () => {
    const game = gameOf(started, piggybacked(tx, input, 96), blocked(tx, input, 97))
    const plan = planOf({ chain, people: [alice], game })
    expect(plan.piggybacks).toMatchObject([{ side: 'output', index: 1 }])
    expect(left(plan)).toEqual([['exit_was_challenged', 10n, alices]])
  })

  test('keeps a second transaction of the same input from being started', () => {
    const second = payment([{ utxoPos: alices, signer: alice }], [pay(alice, 10n)])
    const plan = planOf({ chain, people: [alice], game: gameOf(started), archived: [second] })
    expect(plan.inFlightExits).toEqual([])
    expect(left(plan)).toContainEqual(['competes', 10n, second.transaction.txHash, 0])
  })

  test('may be started again after it was deleted', () => {
    const deleted = {
      ...started,
      type: 'InFlightExitDeleted',
      occurrence: { txHash: started.txHash, rank: 9 },
    } as const
    const plan = planOf({ chain, people: [alice], game: gameOf(started, deleted) })
    expect(inFlight(plan)).toEqual([{ txHash: tx.transaction.txHash, pieces: ['input 0', 'output 1'] }])
  })
})

test('a plan has the same name for the same exits and cause, and another one for others', () => {
  const chain = childChain()
  chain.deposit(alice, 1n)
  const plan = planOf({ chain, people: [alice] })
  expect(planId(plan, 'a')).toBe(planId(planOf({ chain, people: [alice] }), 'a'))
  expect(planId(plan, 'b')).not.toBe(planId(plan, 'a'))
  chain.deposit(alice, 1n)
  expect(planId(planOf({ chain, people: [alice] }), 'a')).not.toBe(planId(plan, 'a'))
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
