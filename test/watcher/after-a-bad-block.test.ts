import { describe, expect, test } from '@jest/globals'
import type { Facts } from '../../src/watcher/facts.ts'
import { temporaryFacts } from '../support/facts.ts'
import { alice, bob, carol, mallory } from '../support/signers.ts'
import { at, pay, payment } from '../support/transactions.ts'
import { network, unspentIn, useWatchers } from './network.ts'

const watching = useWatchers()

describe('after a bad block', () => {
  function story() {
    const net = network()
    const watched = watching(net)
    const coins = [net.deposit(alice, 10n), net.deposit(bob, 20n), net.deposit(mallory, 30n)] as const
    const good = payment([{ utxoPos: coins[0], signer: alice }], [pay(bob, 10n)])
    net.submit([good])
    const inflated = payment([{ utxoPos: coins[2], signer: mallory }], [pay(mallory, 3_000n)])
    const bad = net.submit([inflated])
    return { net, coins, good, inflated, bad, ...watched }
  }

  test('what the good blocks say still judges: Alice’s spent coin', async () => {
    const { net, coins, good, conditions, condition } = story()
    await conditions()
    net.startExit(alice, coins[0], net.depositTx(alice, 10n))
    expect(await conditions()).toEqual(['invalid_exit', 'invalid_block'])
    expect(await condition('invalid_exit')).toMatchObject({ spendingTxHash: good.transaction.txHash })
  })

  test('an honest exit of an old coin is good', async () => {
    const { net, coins, conditions } = story()
    net.startExit(bob, coins[1], net.depositTx(bob, 20n))
    expect(await conditions()).toEqual(['invalid_block'])
  })

  test('an exit from a later block is not called invalid for want of an output', async () => {
    const { net, coins, conditions } = story()
    const later = payment([{ utxoPos: coins[1], signer: bob }], [pay(carol, 20n)])
    net.submit([later])
    net.startExit(carol, at(3000n), later.transaction.raw)
    expect(await conditions()).toEqual(['invalid_block'])
  })

  test('but it is invalid when a later block shows its spend', async () => {
    const { net, coins, condition } = story()
    const later = payment([{ utxoPos: coins[1], signer: bob }], [pay(carol, 20n)])
    net.submit([later])
    const last = payment([{ utxoPos: at(3000n), signer: carol }], [pay(alice, 20n)])
    net.submit([last])
    net.startExit(carol, at(3000n), later.transaction.raw)
    expect(await condition('invalid_exit')).toMatchObject({ spendingTxHash: last.transaction.txHash })
  })

  test('Mallory exits what the bad block spends: her signature in it challenges her', async () => {
    const { net, coins, inflated, condition } = story()
    net.startExit(mallory, coins[2], net.depositTx(mallory, 30n))
    expect(await condition('invalid_exit')).toMatchObject({ spendingTxHash: inflated.transaction.txHash })
  })

  test('it is executed once for each time it is served, however often it is looked at', async () => {
    const net = network()
    const facts = temporaryFacts()
    let executions = 0
    const counting: Facts = {
      ...facts,
      write: (work) =>
        facts.write((draft) =>
          work({
            ...draft,
            undo: () => {
              executions++
              draft.undo()
            },
          }),
        ),
    }
    const { conditions } = watching(net, { facts: counting })
    const coin = net.deposit(mallory, 30n)
    net.submit([payment([{ utxoPos: coin, signer: mallory }], [pay(mallory, 3_000n)])])
    expect(await conditions()).toEqual(['invalid_block'])
    const before = executions
    for (let head = 0; head < 5; head++) {
      net.deposit(bob, 1n)
      expect(await conditions()).toEqual(['invalid_block'])
    }
    expect(before).toBeGreaterThan(0)
    expect(executions).toBe(before)
  })

  test('nothing of it stands in the ledger', async () => {
    const { net, coins, lookTwice } = story()
    net.submit([payment([{ utxoPos: coins[1], signer: bob }], [pay(carol, 20n)])])
    const ledger = (await lookTwice())?.ledger
    expect(ledger?.nextBlknum()).toBe(2000n)
    expect(ledger?.get(coins[2])).toBeDefined()
    expect(ledger?.get(coins[1])).toBeDefined()
    expect(ledger?.get(at(2000n))).toBeUndefined()
  })

  test('a deposit that comes later can be exited', async () => {
    const { net, lookTwice } = story()
    const late = net.deposit(carol, 7n)
    net.startExit(carol, late, net.depositTx(carol, 7n))
    const snapshot = await lookTwice()
    expect(snapshot?.conditions.map(({ type }) => type)).toEqual(['invalid_block'])
    expect(snapshot?.ledger.get(late)).toBeDefined()
    expect(snapshot?.evidence.creatingTransaction(late)).toEqual(net.depositTx(carol, 7n))
  })

  test('what an exit takes later is gone', async () => {
    const { net, coins, lookTwice } = story()
    net.chain.mine({ type: 'ExitFinalized', exitId: net.startExit(bob, coins[1], net.depositTx(bob, 20n)) })
    const snapshot = await lookTwice()
    expect(snapshot?.ledger.get(coins[1])).toBeUndefined()
    expect(snapshot?.evidence.isUnspent(coins[1])).toBe(false)
    expect(snapshot && unspentIn(snapshot.ledger)).not.toContain(coins[1])
  })

  test('only the first bad block is reported, whatever follows', async () => {
    const { net, coins, conditions } = story()
    net.submit([payment([{ utxoPos: coins[1], signer: mallory }], [pay(mallory, 20n)])])
    expect(await conditions()).toEqual(['invalid_block'])
  })
})
