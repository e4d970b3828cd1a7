import { describe, expect, test } from '@jest/globals'
import { temporaryFacts } from '../support/facts.ts'
import { alice, bob } from '../support/signers.ts'
import { pay, payment } from '../support/transactions.ts'
import { network, useWatchers } from './network.ts'

const watching = useWatchers()

describe('a block that was called bad and is good after all', () => {
  async function story(restarted: boolean) {
    const net = network()
    const facts = temporaryFacts()
    const coin = net.deposit(alice, 10n)
    const honest = payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])
    const height = net.chain.height()
    const { root, blknum } = net.submit([honest], (block) => ({ ...block, transactions: [Uint8Array.of(1)] }))
    let watched = watching(net, { facts })
    expect(await watched.conditions()).toEqual(['invalid_block'])
    if (restarted) {
      await watched.end()
      watched = watching(net, { facts })
      await watched.look()
    }
    net.serve(root, { hash: root, blknum, transactions: [honest.bytes] })
    net.chain.wait(5)
    expect(await watched.conditions()).toEqual([])
    watched.heard.length = 0
    net.chain.reorganise(height + 1)
    net.chain.wait(7)
    net.rewind(1000n, 2n)
    net.submit([honest])
    return { net, facts, watched, honest }
  }

  test.each([false, true])('is good when it is submitted again', async (restarted) => {
    const { net, watched } = await story(restarted)
    net.hang()
    await watched.look()
    net.answer()
    await watched.look()
    expect(watched.heard.flatMap(({ conditions }) => conditions.map(({ type }) => type))).toEqual([])
    expect(watched.heard.at(-1)?.childChain.validated?.blknum).toBe(1000n)
  })

  test('also to a watcher that is started later', async () => {
    const { facts, net, watched } = await story(false)
    await watched.end()
    const again = watching(net, { facts })
    net.hang()
    await again.look()
    net.answer()
    await again.look()
    expect(again.heard.flatMap(({ conditions }) => conditions.map(({ type }) => type))).toEqual([])
  })
})
