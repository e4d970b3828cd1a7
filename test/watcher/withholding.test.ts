import { describe, expect, test } from '@jest/globals'
import type { Timestamp } from '../../src/plasma/units.ts'
import { alice, bob, carol, mallory } from '../support/signers.ts'
import { at, pay, payment } from '../support/transactions.ts'
import { MIN_EXIT_PERIOD, network, useWatchers, WITHHOLDING } from './network.ts'

const watching = useWatchers()

/** Alice pays Bob in block 1000, which the operator keeps to himself. */
function story(...args: Parameters<typeof watching> extends [unknown, ...infer Rest] ? Rest : never) {
  const net = network()
  const watched = watching(net, ...args)
  const coin = net.deposit(alice, 10n)
  const other = net.deposit(carol, 5n)
  const spend = payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])
  const block = net.submit([spend])
  net.withhold(block)
  return { net, coin, other, spend, block, ...watched }
}

describe('the operator keeps a block to himself', () => {
  test('nothing is said while it might be a hiccup', async () => {
    const { net, conditions } = story()
    expect(await conditions()).toEqual([])
    net.chain.pass(WITHHOLDING - 16n)
    net.chain.mine()
    expect(await conditions()).toEqual([])
  })

  test('after the time it is withheld, since the block was submitted', async () => {
    const { net, block, conditions, look } = story()
    const submittedAt = net.chain.head()?.timestamp ?? 0n
    await conditions()
    net.chain.pass(WITHHOLDING)
    net.chain.mine()
    await look()
    const snapshot = await look()
    expect(snapshot?.conditions).toEqual([
      {
        type: 'block_withholding',
        blknum: 1000n,
        hash: block.root,
        occurrence: block.occurrence,
        ethHeight: 3n,
        since: submittedAt,
        deadline: (submittedAt + MIN_EXIT_PERIOD - 1n) as Timestamp,
      },
    ])
    expect(snapshot?.childChain).toMatchObject({
      validated: undefined,
      byzantineSince: { blknum: 1000n },
      appliedTo: 2n,
    })
  })

  test('he serves it in the end: all is well, and the block counts', async () => {
    const { net, conditions, look } = story()
    await conditions()
    net.chain.pass(WITHHOLDING)
    net.chain.mine()
    await look()
    expect(await conditions()).toEqual(['block_withholding'])
    net.release()
    await look()
    expect(await conditions()).toEqual([])
    expect((await look())?.childChain.validated).toMatchObject({ blknum: 1000n })
  })

  test('a block served in between starts the time anew', async () => {
    const { net, block, conditions } = story()
    await conditions()
    net.release()
    await conditions()
    net.withhold(block)
    net.chain.pass(WITHHOLDING)
    net.chain.mine()
    expect(await conditions()).toEqual([])
  })

  test('exits of good old coins stay good, and bad ones stay bad', async () => {
    const { net, coin, other, spend, conditions, condition } = story()
    net.submit([payment([{ utxoPos: other, signer: carol }], [pay(bob, 5n)])])
    net.startExit(alice, coin, net.depositTx(alice, 10n))
    expect(await conditions()).toEqual([])
    net.startExit(carol, other, net.depositTx(carol, 5n))
    await conditions()
    expect(await condition('invalid_exit')).toMatchObject({ utxoPos: other })
    net.release()
    await conditions()
    const snapshot = await conditions()
    expect(snapshot).toEqual(['invalid_exit', 'invalid_exit'])
    expect(spend.transaction.inputs).toEqual([coin])
  })

  test('what an exit takes meanwhile is not taken from under the missing block', async () => {
    const { net, coin, conditions, look } = story()
    const exitId = net.startExit(alice, coin, net.depositTx(alice, 10n))
    net.chain.mine({ type: 'ExitFinalized', exitId })
    expect((await look())?.ledger.get(coin)).toBeUndefined()
    net.release()
    await conditions()
    const snapshot = await look()
    expect(snapshot?.conditions).toMatchObject([{ type: 'invalid_exit', exitId, settled: true }])
    expect(snapshot?.ledger.get(at(1000n))).toBeDefined()
  })

  test('a later withheld block is told apart', async () => {
    const { net, block, look } = story()
    const later = net.submit([payment([{ utxoPos: at(2n), signer: carol }], [pay(mallory, 5n)])])
    net.withhold(later)
    await look()
    net.chain.pass(WITHHOLDING)
    net.chain.mine()
    await look()
    expect((await look())?.conditions).toMatchObject([
      { type: 'block_withholding', hash: block.root },
      { type: 'block_withholding', hash: later.root },
    ])
  })
})

describe('the operator does not answer at all', () => {
  test('exits are judged nevertheless', async () => {
    const { net, other, conditions, condition } = story()
    net.release()
    await conditions()
    net.hang()
    const late = net.submit([payment([{ utxoPos: other, signer: carol }], [pay(bob, 5n)])])
    net.startExit(alice, at(1n), net.depositTx(alice, 10n))
    expect(await condition('invalid_exit')).toMatchObject({ utxoPos: at(1n) })
    expect(late.blknum).toBe(2000n)
    net.answer()
  })

  test('a watcher that has just been started waits for his first word', async () => {
    const { net, watcher, look } = story()
    net.hang()
    expect(await look()).toBeUndefined()
    expect(watcher.blindness()).toBe('boot_in_progress')
    net.answer()
    expect(await look()).toBeDefined()
    expect(watcher.blindness()).toBeUndefined()
  })
})

test('without an operator’s address, exits are judged by what the root chain shows', async () => {
  const { net, coin, spend, conditions, condition } = story({ alone: true })
  net.startExit(alice, coin, net.depositTx(alice, 10n))
  expect(await conditions()).toEqual([])
  net.startInFlightExit(mallory, spend, [net.depositTx(alice, 10n)])
  expect(await condition('invalid_exit')).toMatchObject({ spendingTxHash: spend.transaction.txHash })
})
