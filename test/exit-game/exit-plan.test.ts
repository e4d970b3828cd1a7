import { describe, expect, test } from '@jest/globals'
import { standardExitId } from '../../src/exit-game/exit-id.ts'
import { planId } from '../../src/exit-game/exit-plan.ts'
import { merkleRoot, verifyProof } from '../../src/plasma/merkle.ts'
import type { Timestamp } from '../../src/plasma/units.ts'
import { childChain, exitStarted, gameOf, MEP } from '../support/exits.ts'
import { left, nothing, planOf, standard } from '../support/holdings.ts'
import { alice, bob, carol, mallory, operator } from '../support/signers.ts'
import { at, fee, pay, payment, token } from '../support/transactions.ts'

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

test('a plan has the same name for the same exits and cause, and another one for others', () => {
  const chain = childChain()
  chain.deposit(alice, 1n)
  const plan = planOf({ chain, people: [alice] })
  expect(planId(plan, 'a')).toBe(planId(planOf({ chain, people: [alice] }), 'a'))
  expect(planId(plan, 'b')).not.toBe(planId(plan, 'a'))
  chain.deposit(alice, 1n)
  expect(planId(planOf({ chain, people: [alice] }), 'a')).not.toBe(planId(plan, 'a'))
})
