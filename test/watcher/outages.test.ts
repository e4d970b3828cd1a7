import { describe, expect, test } from '@jest/globals'
import type { Hash, UtxoPos } from '../../src/plasma/units.ts'
import { alice, bob, carol, mallory, type Signer } from '../support/signers.ts'
import { at, pay, payment } from '../support/transactions.ts'
import { contentOf, network, useWatchers, type Network } from './network.ts'

const watching = useWatchers()

/** What a watcher says that begins now. */
async function fresh(net: Network): Promise<unknown> {
  return contentOf(await watching(net).look())
}

describe('the root chain’s node', () => {
  test('may come up after the watcher', async () => {
    const net = network()
    const { watcher, look } = watching(net)
    net.chain.breakDown()
    expect(await look()).toBeUndefined()
    expect(watcher.blindness()).toBe('boot_in_progress')
    net.chain.recover()
    expect(await look()).toBeDefined()
  })

  test('may fail now and then; when it stays away the watcher is blind', async () => {
    const net = network()
    const { watcher, look } = watching(net)
    await look()
    net.chain.breakDown()
    expect(await look()).toBeDefined()
    expect(await look()).toBeDefined()
    expect(await look()).toBeUndefined()
    expect(watcher.blindness()).toBe('ethereum_connection_error')
    net.chain.recover()
    net.deposit(alice, 10n)
    expect((await look())?.head.number).toBe(1n)
    expect(watcher.blindness()).toBeUndefined()
  })

  test('nothing that happened during its outage is missed', async () => {
    const net = network()
    const { look, conditions } = watching(net)
    const coin = net.deposit(mallory, 10n)
    await look()
    net.chain.breakDown()
    net.submit([payment([{ utxoPos: coin, signer: mallory }], [pay(bob, 10n)])])
    net.startExit(mallory, coin, net.depositTx(mallory, 10n))
    await look()
    net.chain.recover()
    expect(await conditions()).toEqual(['invalid_exit'])
  })
})

describe('the root chain takes blocks back', () => {
  /** Mallory spends her coin and exits it; both stand after root chain block 1. */
  function story() {
    const net = network()
    const watched = watching(net)
    const coin = net.deposit(mallory, 10n)
    const spend = payment([{ utxoPos: coin, signer: mallory }], [pay(bob, 10n)])
    net.submit([spend])
    net.startExit(mallory, coin, net.depositTx(mallory, 10n))
    return { net, coin, spend, ...watched }
  }

  test('the exit is gone: so is the finding', async () => {
    const { net, conditions } = story()
    expect(await conditions()).toEqual(['invalid_exit'])
    net.chain.reorganise(3)
    net.chain.wait(2)
    expect(await conditions()).toEqual([])
  })

  test('the exit comes again: so does the finding, on its new log', async () => {
    const { net, coin, condition } = story()
    const first = await condition('invalid_exit')
    net.chain.reorganise(3)
    net.chain.wait(2)
    await condition('invalid_exit')
    net.startExit(mallory, coin, net.depositTx(mallory, 10n))
    const second = await condition('invalid_exit')
    expect(second?.occurrence).not.toEqual(first?.occurrence)
    expect(second?.spendingTxHash).toEqual(first?.spendingTxHash)
  })

  test('the child block is gone: her coin is unspent again, though her signature is known', async () => {
    const { net, coin, look, conditions } = story()
    await look()
    net.chain.reorganise(2)
    net.rewind(1000n, 2n)
    net.chain.wait(3)
    const snapshot = await look()
    expect(snapshot?.ledger.get(coin)).toBeDefined()
    expect(snapshot?.childChain.validated).toBeUndefined()
    expect(await conditions()).toEqual([])
  })

  test('another block takes its number', async () => {
    const { net, coin, look } = story()
    await look()
    net.chain.reorganise(2)
    net.rewind(1000n, 2n)
    net.submit([payment([{ utxoPos: coin, signer: mallory }], [pay(carol, 10n)])])
    net.chain.wait(3)
    const snapshot = await look()
    expect(snapshot?.conditions).toEqual([])
    expect(snapshot?.ledger.get(at(1000n))?.owner).toBe(carol.address)
    expect(contentOf(snapshot)).toEqual(await fresh(net))
  })

  test('a bad block is taken back with the root chain block that held it', async () => {
    const net = network()
    const { conditions, look } = watching(net)
    net.submit([payment([{ utxoPos: at(7n), signer: mallory }], [pay(mallory, 10n)])])
    expect(await conditions()).toEqual(['invalid_block'])
    net.chain.reorganise(1)
    net.rewind(1000n, 1n)
    const coin = net.deposit(alice, 10n)
    net.submit([payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])])
    expect(await conditions()).toEqual([])
    expect((await look())?.childChain.validated).toMatchObject({ blknum: 1000n })
  })

  /** Each person pays away the coin of their deposit and exits it nevertheless. */
  async function everybodyCheats(net: Network, people: readonly [Signer, UtxoPos][], between: () => Promise<unknown>) {
    for (const [person, coin] of people) {
      net.submit([payment([{ utxoPos: coin, signer: person }], [pay(mallory, 10n)])])
      net.startExit(person, coin, net.depositTx(person, 10n))
      await between()
    }
  }

  test('whatever is taken back and however often, the watcher ends where one ends that begins now', async () => {
    const net = network()
    const { look } = watching(net)
    const people = [alice, bob, carol].map((person): [Signer, UtxoPos] => [person, net.deposit(person, 10n)])
    await look()
    for (let round = 0; round < 6; round++) {
      net.chain.reorganise(4)
      net.rewind(1000n, 4n)
      await everybodyCheats(net, people.slice(round % 3), round > 3 ? look : async () => {})
      net.chain.wait(round % 2)
      for (let again = 0; again < 10; again++) await look()
      expect(contentOf(await look())).toEqual(await fresh(net))
    }
  })
})

test('a watch that begins after the contracts says so, and claims nothing', async () => {
  const net = network()
  net.submit([])
  net.chain.wait(3)
  const coin = net.deposit(alice, 1n)
  net.submit([payment([{ utxoPos: coin, signer: alice }], [pay(bob, 1n)])])
  const { watcher, look, said } = watching(net, { firstBlock: 3n })
  expect(await look()).toBeUndefined()
  expect(watcher.blindness()).toBe('boot_in_progress')
  expect(said.find(({ sentence }) => sentence === 'child chain could not be followed')).toMatchObject({
    facts: { err: { code: 'BLOCK_GAP' } },
  })
})

test('a log that cannot be read is an error in the log, once, and in the snapshot', async () => {
  const net = network()
  const { look, said } = watching(net)
  net.chain.unreadable({ txHash: `0x${'dd'.repeat(32)}` as Hash, what: 'ExitStarted without its calldata' })
  await look()
  net.chain.wait(2)
  expect((await look())?.unreadable).toMatchObject([{ what: 'ExitStarted without its calldata' }])
  expect(said.filter(({ sentence }) => sentence === 'root chain log cannot be read')).toHaveLength(1)
})
