import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { encodeUtxoPos } from '../../src/plasma/position.ts'
import type { RecoveredTransaction } from '../../src/plasma/recovered-transaction.ts'
import { createExecution, executeBlock } from '../../src/plasma/state-transition.ts'
import type { Output, SignedTransaction } from '../../src/plasma/transaction.ts'
import { ETH, type Address, type UtxoPos } from '../../src/plasma/units.ts'
import { alice, bob, carol, mallory, operator, type Signer } from '../support/signers.ts'
import { at, fee, pay, rawPayment, signedWith, token } from '../support/transactions.ts'

type Coins = ReadonlyMap<UtxoPos, Output>

const coins: Coins = new Map([
  [at(1n), pay(alice, 10n)],
  [at(2n), pay(bob, 10n, token)],
  [at(3n), pay(carol, 10n)],
])

/** A payment whose signatures somebody has checked already. */
function spend(from: readonly [UtxoPos, Signer][], outputs: readonly Output[]): RecoveredTransaction {
  const transaction = rawPayment(
    from.map(([utxoPos]) => utxoPos),
    outputs,
  )
  return { ...signedWith(transaction, []), signers: from.map(([, signer]) => signer.address) }
}

function claim(amount: bigint, currency: Address = ETH): RecoveredTransaction {
  return unsigned(fee(1000n, { owner: operator, amount, currency }))
}

function unsigned(transaction: SignedTransaction): RecoveredTransaction {
  return { ...transaction, signers: [] }
}

type Part = RecoveredTransaction | readonly RecoveredTransaction[]

function run(...parts: readonly Part[]) {
  return executeBlock(coins, { blknum: 1000n, transactions: parts.flat() })
}

function failure(...parts: readonly Part[]): [string, number] | undefined {
  const result = run(...parts)
  return result.ok ? undefined : [result.finding.reason, result.finding.txIndex]
}

const alicePays = spend([[at(1n), alice]], [pay(bob, 10n)])
const aliceLeaves3 = spend([[at(1n), alice]], [pay(bob, 7n)])
const bobLeaves2 = spend([[at(2n), bob]], [pay(bob, 8n, token)])
const carolLeaves1 = spend([[at(3n), carol]], [pay(carol, 9n)])

describe('a payment', () => {
  test('consumes its inputs and creates its outputs, which the same block may spend', () => {
    const bobPays = spend([[at(1000n), bob]], [pay(carol, 4n), pay(alice, 6n)])
    const result = run(alicePays, bobPays)

    expect(result).toEqual({
      ok: true,
      changes: {
        created: new Map([
          [at(1000n), pay(bob, 10n)],
          [at(1000n, 1), pay(carol, 4n)],
          [at(1000n, 1, 1), pay(alice, 6n)],
        ]),
        spent: [
          { utxoPos: at(1n), txIndex: 0, inputIndex: 0 },
          { utxoPos: at(1000n), txIndex: 1, inputIndex: 0 },
        ],
      },
    })
  })

  test('does not spend what is spent, of another block or of its own', () => {
    expect(failure(alicePays, spend([[at(1n), alice]], [pay(carol, 10n)]))).toEqual(['utxo_not_found', 1])
    const bobPays = spend([[at(1000n), bob]], [pay(carol, 10n)])
    expect(failure(alicePays, bobPays, bobPays)).toEqual(['utxo_not_found', 2])
    expect(failure(spend([[at(1000n), alice]], [pay(bob, 1n)]))).toEqual(['utxo_not_found', 0])
  })

  test('does not spend outputs of later blocks, which is looked at before whether they are there', () => {
    const ahead = spend(
      [
        [at(9n), alice],
        [at(1001n), alice],
      ],
      [pay(bob, 1n)],
    )

    expect(failure(ahead)).toEqual(['input_utxo_ahead_of_state', 0])
    expect(failure(spend([[(2n ** 256n - 1n) as UtxoPos, alice]], [pay(bob, 1n)]))).toEqual([
      'input_utxo_ahead_of_state',
      0,
    ])
  })

  test('is signed by the owner of each input, in order', () => {
    const mixed = spend(
      [
        [at(1n), carol],
        [at(3n), alice],
      ],
      [pay(bob, 20n)],
    )

    expect(failure(mixed)).toEqual(['unauthorized_spend', 0])
    expect(failure(spend([[at(1n), mallory]], [pay(mallory, 10n)]))).toEqual(['unauthorized_spend', 0])
    expect(failure({ ...alicePays, signers: [] })).toEqual(['unauthorized_spend', 0])
  })

  test('creates no money, in any token', () => {
    expect(failure(spend([[at(1n), alice]], [pay(bob, 11n)]))).toEqual(['amounts_do_not_add_up', 0])
    expect(failure(spend([[at(1n), alice]], [pay(bob, 1n), pay(bob, 1n, token)]))).toEqual(['amounts_do_not_add_up', 0])
    expect(failure(spend([], [pay(mallory, 1n)]))).toEqual(['amounts_do_not_add_up', 0])
    const most = 2n ** 256n - 1n
    expect(failure(spend([[at(1n), alice]], [pay(bob, most), pay(bob, 11n)]))).toEqual(['amounts_do_not_add_up', 0])
  })
})

describe('fees', () => {
  test('may stay unclaimed, in any token', () => {
    expect(failure(aliceLeaves3, bobLeaves2)).toBeUndefined()
  })

  test('are claimed in full, once a token, in any order', () => {
    expect(failure(aliceLeaves3, bobLeaves2, carolLeaves1, claim(2n, token), claim(4n))).toBeUndefined()
    expect(failure(aliceLeaves3, claim(2n))).toEqual(['claimed_and_collected_amounts_mismatch', 1])
    expect(failure(aliceLeaves3, claim(4n))).toEqual(['claimed_and_collected_amounts_mismatch', 1])
    expect(failure(aliceLeaves3, claim(3n), claim(3n))).toEqual(['surplus_in_token_not_collected', 2])
    expect(failure(alicePays, claim(1n))).toEqual(['surplus_in_token_not_collected', 1])
    expect(failure(aliceLeaves3, claim(3n, token))).toEqual(['surplus_in_token_not_collected', 1])
  })

  test('end the payments of a block', () => {
    expect(failure(aliceLeaves3, claim(3n), carolLeaves1)).toEqual(['payments_rejected_during_fee_claiming', 2])
  })

  test('are an output of the block', () => {
    const result = run(aliceLeaves3, claim(3n))

    expect(result.ok && result.changes.created.get(at(1000n, 1))).toEqual({
      outputType: 2,
      owner: operator.address,
      currency: ETH,
      amount: 3n,
    })
  })
})

describe('the size of a block', () => {
  /** `count` payments, each of what the one before it made. */
  function chain(count: number): RecoveredTransaction[] {
    const { transaction } = alicePays
    return Array.from({ length: count }, (_, index) => ({
      ...alicePays,
      transaction: {
        ...transaction,
        inputs: [index === 0 ? at(1n) : encodeUtxoPos({ blknum: 1000n, txIndex: index - 1, outputIndex: 0 })],
        outputs: [pay(alice, 10n)],
      },
    }))
  }

  test('is 65,532 at most', () => {
    expect(failure(chain(65_532))).toBeUndefined()
    expect(failure(chain(65_533))).toEqual(['too_many_transactions_in_block', 65_532])
  })

  test('counts tokens whose fees could still be claimed', () => {
    const last = spend([[at(3n), carol]], [pay(carol, 10n)])

    expect(failure(aliceLeaves3, bobLeaves2, chain(65_529).map(shift), last)).toEqual([
      'too_many_transactions_in_block',
      65_530,
    ])
    expect(failure(aliceLeaves3, chain(65_530).map(shift), claim(3n))).toEqual([
      'too_many_transactions_in_block',
      65_531,
    ])
  })

  /** A payment of nothing to nobody, which takes a place and changes no money. */
  function shift(transaction: RecoveredTransaction): RecoveredTransaction {
    return { ...transaction, transaction: { ...transaction.transaction, inputs: [], outputs: [] }, signers: [] }
  }
})

describe('whatever the block', () => {
  const people = [alice, bob, carol]
  const step = fc.record({
    pick: fc.nat(),
    to: fc.constantFrom(...people),
    parts: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }),
    thief: fc.boolean(),
  })

  /** Mostly honest payments of outputs old and new. */
  function block(steps: readonly { pick: number; to: Signer; parts: readonly number[]; thief: boolean }[]) {
    const known = new Map<UtxoPos, Output>(coins)
    return steps.map(({ pick, to, parts, thief }, txIndex) => {
      const [utxoPos, output] = [...known][pick % known.size] ?? [at(1n), pay(alice, 10n)]
      const owner = people.find(({ address }) => address === output.owner) ?? alice
      const outputs = parts.map((part) => pay(to, BigInt(part), output.currency))
      for (const [outputIndex, each] of outputs.entries()) known.set(at(1000n, txIndex, outputIndex), each)
      return spend([[utxoPos, thief && pick % 5 === 0 ? mallory : owner]], outputs)
    })
  }

  function total(outputs: Iterable<Output>, currency: Address): bigint {
    let sum = 0n
    for (const output of outputs) if (output.currency === currency) sum += output.amount
    return sum
  }

  test('money is never created, nothing is spent twice, and the view stays as it was', () => {
    const before = new Map(coins)
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), (steps) => {
        const result = run(block(steps))
        expect(coins).toEqual(before)
        if (!result.ok) return
        const { created, spent } = result.changes
        const after = new Map([...coins, ...created])
        for (const { utxoPos } of spent) expect(after.delete(utxoPos)).toBe(true)
        for (const currency of [ETH, token]) {
          expect(total(after.values(), currency)).toBeLessThanOrEqual(total(coins.values(), currency))
        }
      }),
      { numRuns: 200 },
    )
  })

  test('a block that begins with a bad one fails there, one that begins with a good one does not', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
        const transactions = block(steps)
        const result = run(transactions)
        const failing = result.ok ? transactions.length : result.finding.txIndex
        expect(run(transactions.slice(0, failing)).ok).toBe(true)
      }),
      { numRuns: 100 },
    )
  })

  test('it may be executed step by step, on a view that changes with every step', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), (steps) => {
        const transactions = block(steps)
        const view = new Map<UtxoPos, Output>(coins)
        const { execute } = createExecution(view, 1000n)
        let failed: [string, number] | undefined
        for (const [txIndex, each] of transactions.entries()) {
          const reason = execute(each)
          if (reason) failed = [reason, txIndex]
          if (reason) break
          for (const utxoPos of each.transaction.inputs) view.delete(utxoPos)
          for (const [index, output] of each.transaction.outputs.entries()) view.set(at(1000n, txIndex, index), output)
        }

        expect(failed).toEqual(failure(transactions))
      }),
      { numRuns: 100 },
    )
  })
})
