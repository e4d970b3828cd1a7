import { describe, expect, test } from '@jest/globals'
import { alice, bob, carol, mallory } from '../support/signers.ts'
import { temporaryFacts } from '../support/facts.ts'
import { at, pay, payment } from '../support/transactions.ts'
import { contentOf, network, useWatchers, WITHHOLDING } from './network.ts'

const watching = useWatchers()

describe('a watcher that was stopped and is started again', () => {
  test('says what one says that never stopped, and asks for no block again', async () => {
    const net = network()
    const facts = temporaryFacts()
    const coin = net.deposit(alice, 10n)
    net.submit([payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])])
    net.startExit(alice, coin, net.depositTx(alice, 10n))
    const first = watching(net, { facts })
    const before = contentOf(await first.look())
    await first.end()

    const asked: string[] = []
    const operator = {
      ...net.operator,
      block: (root: `0x${string}`) => {
        asked.push(root)
        return net.operator.block(root as never)
      },
    }
    const again = watching({ ...net, operator }, { facts })
    expect(contentOf(await again.look())).toEqual(before)
    expect(asked).toEqual([])
    expect(contentOf(await watching(net).look())).toEqual(before)
  })

  test('goes on with what happened meanwhile', async () => {
    const net = network()
    const facts = temporaryFacts()
    const coin = net.deposit(alice, 10n)
    const first = watching(net, { facts })
    await first.look()
    await first.end()

    net.submit([payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])])
    net.startExit(alice, coin, net.depositTx(alice, 10n))
    expect(await watching(net, { facts }).conditions()).toEqual(['invalid_exit'])
  })

  test('finds that the root chain has gone another way meanwhile', async () => {
    const net = network()
    const facts = temporaryFacts()
    const coin = net.deposit(alice, 10n)
    const height = net.chain.height()
    net.submit([payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])])
    const first = watching(net, { facts })
    await first.look()
    await first.end()

    net.chain.reorganise(height + 1)
    net.rewind(1000n, 2n)
    net.submit([payment([{ utxoPos: coin, signer: alice }], [pay(carol, 10n)])])
    net.chain.wait(2)
    const again = watching(net, { facts })
    await again.look()
    expect(contentOf(await again.look())).toEqual(contentOf(await watching(net).look()))
  })
})

describe('trap 24: what is wrong with blocks survives a restart', () => {
  test('a block is withheld since it was first asked for, whoever asked', async () => {
    const net = network()
    const facts = temporaryFacts()
    const coin = net.deposit(alice, 10n)
    net.withhold(net.submit([payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])]))
    const first = watching(net, { facts })
    expect(await first.conditions()).toEqual([])
    await first.end()

    net.chain.pass(WITHHOLDING)
    net.chain.mine()
    expect(await watching(net).conditions()).toEqual([])
    const again = watching(net, { facts })
    expect(await again.conditions()).toEqual(['block_withholding'])

    net.release()
    expect(await again.conditions()).toEqual([])
    await again.end()
    net.chain.pass(WITHHOLDING)
    net.chain.mine()
    expect(await watching(net, { facts }).conditions()).toEqual([])
  })

  test('an invalid block is invalid at once, also when its operator no longer shows it', async () => {
    const net = network()
    const facts = temporaryFacts()
    const coin = net.deposit(mallory, 10n)
    const theft = payment([{ utxoPos: coin, signer: mallory }], [pay(mallory, 99n)])
    const bad = net.submit([theft])
    const first = watching(net, { facts })
    expect(await first.conditions()).toEqual(['invalid_block'])
    await first.end()

    net.withhold(bad)
    const again = watching(net, { facts })
    const snapshot = await again.look()
    expect(snapshot?.conditions.map(({ type }) => type)).toEqual(['invalid_block'])
    expect(snapshot?.childChain.rejected?.transactions).toEqual([theft.bytes])
    net.startExit(mallory, coin, net.depositTx(mallory, 10n))
    expect(await again.condition('invalid_exit')).toMatchObject({ spendingTxHash: theft.transaction.txHash })
  })
})

test('a signed spend outlives the log that showed it', async () => {
  const net = network()
  const coin = net.deposit(alice, 10n)
  net.submit([])
  const height = net.chain.height()
  const own = payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])
  net.startInFlightExit(bob, own, [net.depositTx(alice, 10n)])
  const watched = watching(net)
  await watched.look()

  net.chain.reorganise(height + 1)
  net.startExit(alice, coin, net.depositTx(alice, 10n))
  net.chain.wait(2)
  expect(await watched.condition('invalid_exit')).toMatchObject({ spendingTxHash: own.transaction.txHash })
})

describe('a reorganisation', () => {
  test('as deep as finality is a warning, a deeper one an error that says what is rebuilt', async () => {
    const net = network()
    net.deposit(alice, 10n)
    net.chain.wait(20)
    const watched = watching(net, { finalityBlocks: 10n })
    const deep: unknown[] = []
    watched.watcher.onDeepReorganisation((each) => deep.push(each))
    const goBack = async (blocks: number) => {
      await watched.look()
      net.chain.reorganise(net.chain.height() - blocks + 1)
      net.chain.wait(blocks)
      await watched.look()
      return watched.said
        .filter(({ sentence }) => sentence.startsWith('root chain reorganised'))
        .map(({ level }) => level)
    }
    for (let height = 0; height < 30; height++) {
      net.chain.wait(1)
      await watched.look()
    }
    expect(await goBack(5)).toEqual(['warn'])
    expect(deep).toEqual([])
    expect(await goBack(15)).toEqual(['warn', 'error'])
    expect(deep).toHaveLength(1)
    expect((await watched.look())?.ledger.get(at(1n))).toBeDefined()
  })
})
