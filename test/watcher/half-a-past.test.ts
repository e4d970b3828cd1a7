import { describe, expect, test } from '@jest/globals'
import { temporaryFacts } from '../support/facts.ts'
import { alice, bob, carol } from '../support/signers.ts'
import { at, pay, payment } from '../support/transactions.ts'
import { network, useWatchers } from './network.ts'

const watching = useWatchers()

describe('half a past', () => {
  test('is not judged at the start: the first word is about the whole', async () => {
    const net = network()
    const coin = net.deposit(alice, 10n)
    net.submit([payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])])
    net.submit([payment([{ utxoPos: at(1000n), signer: bob }], [pay(carol, 10n)])])
    net.submit([payment([{ utxoPos: at(2000n), signer: carol }], [pay(alice, 10n)])])
    net.hang()
    const { look, heard } = watching(net)
    await look()
    net.answer()
    await look()
    expect(heard.map(({ childChain }) => childChain.validated?.blknum)).toEqual([3000n])
  })

  test('is not judged after the chain was rebuilt from far back', async () => {
    const net = network()
    const coin = net.deposit(alice, 10n)
    net.submit([payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])])
    net.submit([payment([{ utxoPos: at(1000n), signer: bob }], [pay(carol, 10n)])])
    const { look, heard } = watching(net)
    await look()
    net.chain.reorganise(1)
    net.rewind(1000n, 1n)
    net.deposit(alice, 10n)
    net.submit([payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])])
    net.submit([payment([{ utxoPos: at(1000n), signer: bob }], [pay(carol, 10n)])])
    net.chain.wait(1)
    heard.length = 0
    net.hang()
    await look()
    net.answer()
    await look()
    expect(heard.map(({ childChain }) => childChain.validated?.blknum)).toEqual([2000n])
  })

  test('is not called applied', async () => {
    const net = network()
    const coin = net.deposit(alice, 10n)
    const { look, heard } = watching(net)
    await look()
    net.submit([payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])])
    net.submit([payment([{ utxoPos: at(1000n), signer: bob }], [pay(carol, 10n)])])
    await look()
    for (const { childChain } of heard)
      if (childChain.validated?.blknum !== 2000n) expect(childChain.appliedTo).toBeLessThan(3n)
  })

  test('a restart while a block is missing waits for the operator', async () => {
    const net = network()
    const facts = temporaryFacts()
    const coin = net.deposit(alice, 10n)
    net.withhold(net.submit([payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])]))
    const first = watching(net, { facts })
    await first.look()
    await first.end()
    net.release()
    net.submit([payment([{ utxoPos: at(1000n), signer: bob }], [pay(carol, 10n)])])
    net.hang()
    const again = watching(net, { facts })
    expect(await again.look()).toBeUndefined()
    net.answer()
    await again.look()
    expect(again.heard.map(({ childChain }) => childChain.validated?.blknum)).toEqual([2000n])
  })
})
