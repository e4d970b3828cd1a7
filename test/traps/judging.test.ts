import { describe, expect, test } from '@jest/globals'
import { answerable } from '../../src/exit-game/answerable.ts'
import { alice, bob, carol, mallory } from '../support/signers.ts'
import { at, pay, payment } from '../support/transactions.ts'
import { network, useWatchers, WITHHOLDING } from '../watcher/network.ts'

const watching = useWatchers()

describe('trap 3: after something byzantine the watcher goes on', () => {
  test('several invalid exits are all known at once, and later ones as well', async () => {
    const net = network()
    const { conditions, look } = watching(net)
    const coins = [1n, 2n, 3n].map((amount) => net.deposit(mallory, amount))
    net.submit(
      coins.map((coin, index) => payment([{ utxoPos: coin, signer: mallory }], [pay(bob, BigInt(index) + 1n)])),
    )
    const [first = 0n, ...others] = coins
    net.startExit(mallory, first as (typeof coins)[number], net.depositTx(mallory, 1n))
    net.chain.wait(20)
    expect(await conditions()).toEqual(['invalid_exit', 'unchallenged_exit'])
    for (const [index, coin] of others.entries())
      net.startExit(mallory, coin, net.depositTx(mallory, BigInt(index) + 2n))
    const last = net.submit([payment([{ utxoPos: at(1000n), signer: bob }], [pay(carol, 1n)])])
    const found = await conditions()
    expect(found.filter((name) => name === 'invalid_exit')).toHaveLength(3)
    expect((await look())?.childChain.validated?.blknum).toBe(last.blknum)
  })

  test('exits are found and challenged though a block is withheld', async () => {
    const net = network()
    const { conditions } = watching(net)
    const coin = net.deposit(mallory, 10n)
    net.submit([payment([{ utxoPos: coin, signer: mallory }], [pay(bob, 10n)])])
    net.withhold(net.submit([]))
    await conditions()
    net.chain.pass(WITHHOLDING)
    net.chain.mine()
    expect(await conditions()).toEqual(['block_withholding'])
    net.startExit(mallory, coin, net.depositTx(mallory, 10n))
    expect((await conditions()).sort()).toEqual(['block_withholding', 'invalid_exit'])
  })
})

test('trap 29: what the head shows is judged at the head, to be answered before it is final', async () => {
  const net = network()
  const { look } = watching(net)
  const coin = net.deposit(mallory, 10n)
  net.submit([payment([{ utxoPos: coin, signer: mallory }], [pay(bob, 10n)])])
  net.startExit(mallory, coin, net.depositTx(mallory, 10n))
  const snapshot = await look()
  expect(snapshot?.head.number).toBe(3n)
  const open = answerable(snapshot?.conditions ?? [], snapshot?.head.timestamp ?? (0n as never))
  expect(open).toMatchObject([{ type: 'invalid_exit', ethHeight: 3n }])
})

test('D3: nothing of a bad block is done: honest exits of its inputs are not accused', async () => {
  const net = network()
  const { conditions, lookTwice } = watching(net)
  const [coin, stolen] = [net.deposit(alice, 10n), net.deposit(bob, 5n)]
  net.submit([
    payment([{ utxoPos: coin, signer: alice }], [pay(carol, 10n)]),
    payment([{ utxoPos: stolen, signer: mallory }], [pay(mallory, 5n)]),
  ])
  expect(await conditions()).toEqual(['invalid_block'])
  net.startExit(bob, stolen, net.depositTx(bob, 5n))
  expect(await conditions()).toEqual(['invalid_block'])
  const snapshot = await lookTwice()
  expect([coin, stolen].map((each) => snapshot?.evidence.isUnspent(each))).toEqual([true, true])
})
