import { describe, expect, test } from '@jest/globals'
import { alice, bob, carol } from '../support/signers.ts'
import { at, fee, pay, payment } from '../support/transactions.ts'
import { temporaryFacts } from '../support/facts.ts'
import { network, unspentIn, useWatchers } from './network.ts'

const watching = useWatchers()

describe('on an honest chain', () => {
  test('nothing is wrong, and every output has its owner', async () => {
    const net = network()
    const { look } = watching(net)
    const coin = net.deposit(alice, 10n)
    net.submit([
      payment([{ utxoPos: coin, signer: alice }], [pay(bob, 6n), pay(alice, 3n)]),
      fee(1000n, { owner: carol, amount: 1n }),
    ])
    net.submit([payment([{ utxoPos: at(1000n), signer: bob }], [pay(carol, 6n)])])
    const snapshot = await look()
    expect(snapshot?.conditions).toEqual([])
    expect(snapshot && unspentIn(snapshot.ledger)).toEqual([at(1000n, 0, 1), at(1000n, 1, 0), at(2000n)])
    expect(snapshot?.childChain).toEqual({
      validated: { blknum: 2000n, timestamp: net.chain.head()?.timestamp },
      mined: { blknum: 2000n, timestamp: net.chain.head()?.timestamp },
      appliedTo: net.chain.head()?.number,
      byzantineSince: undefined,
      taken: new Set(),
    })
  })

  test('Alice exits what she owns: nobody minds, until it may be processed', async () => {
    const net = network()
    const { conditions, condition } = watching(net)
    const coin = net.deposit(alice, 10n)
    const exitId = net.startExit(alice, coin, net.depositTx(alice, 10n))
    expect(await conditions()).toEqual([])
    net.chain.pass(601n)
    net.chain.mine()
    expect(await condition('exit_processable')).toMatchObject({ exitId, vaultId: 1n })
    net.chain.mine({ type: 'ExitFinalized', exitId })
    expect(await conditions()).toEqual([])
  })

  test('an output that an exit took is nobody’s any more', async () => {
    const net = network()
    const { look } = watching(net)
    const coin = net.deposit(alice, 10n)
    net.chain.mine({ type: 'ExitFinalized', exitId: net.startExit(alice, coin, net.depositTx(alice, 10n)) })
    const snapshot = await look()
    expect(snapshot && unspentIn(snapshot.ledger)).toEqual([])
  })

  test('a deposit and the block that spends it count in one root chain block too', async () => {
    const net = network()
    const { conditions } = watching(net)
    const coin = net.deposit(alice, 10n)
    const spent = net.submit([payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])])
    net.deposit(carol, 5n)
    net.submit([payment([{ utxoPos: at(1001n), signer: carol }], [pay(bob, 5n)])])
    expect(spent.blknum).toBe(1000n)
    expect(await conditions()).toEqual([])
  })

  test('a listener hears of every head once', async () => {
    const net = network()
    const { look, heard } = watching(net)
    net.deposit(alice, 10n)
    await look()
    await look()
    net.chain.wait(1)
    await look()
    expect(heard.map(({ head }) => head.number)).toEqual([1n, 2n])
  })

  test('a listener that fails disturbs neither the watcher nor the others', async () => {
    const net = network()
    const { watcher, look } = watching(net)
    const heard: bigint[] = []
    watcher.onHead(() => {
      throw new Error('bug of a listener')
    })
    watcher.onHead(({ head }) => heard.push(head.number))
    await look()
    net.chain.wait(1)
    await look()
    expect(heard).toEqual([0n, 1n])
  })
})

describe('with a finality margin', () => {
  test('an event counts when it is deep enough, and not before', async () => {
    const net = network()
    const { conditions } = watching(net, { marginBlocks: 12n })
    const coin = net.deposit(alice, 10n)
    net.submit([payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])])
    net.startExit(alice, coin, net.depositTx(alice, 10n))
    net.chain.wait(11)
    expect(await conditions()).toEqual([])
    net.chain.wait(1)
    expect(await conditions()).toEqual(['invalid_exit'])
  })

  test('heights tell what is seen and what is taken in', async () => {
    const net = network()
    const { look } = watching(net, { marginBlocks: 3n })
    const coin = net.deposit(alice, 10n)
    net.submit([payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])])
    net.chain.wait(2)
    net.submit([payment([{ utxoPos: at(1000n), signer: bob }], [pay(carol, 10n)])])
    expect(await look()).toMatchObject({
      head: { number: 5n },
      foldedTo: 2n,
      childChain: { mined: { blknum: 2000n }, validated: { blknum: 1000n }, appliedTo: 2n },
    })
  })
})

describe('what the contracts say beside exits and blocks', () => {
  const vault = { type: 'VaultRegistered', vaultId: 3n, vault: alice.address } as const

  test('is heard, also when it was said while nobody watched; what was said before the first look is no news', async () => {
    const net = network()
    const facts = temporaryFacts()
    const heard: bigint[] = []
    net.chain.notice({ ...vault, vaultId: 1n })
    const first = watching(net, { facts })
    first.watcher.onNotice((notice) => heard.push(notice.blockNumber))
    await first.look()
    expect(heard).toEqual([])
    await first.end()

    net.chain.wait(15)
    await watching(net, { facts }).look()
    net.chain.notice(vault)
    const again = watching(net, { facts })
    again.watcher.onNotice((notice) => heard.push(notice.blockNumber))
    await again.look()
    expect(heard).toEqual([17n])
  })
})
