import { describe, expect, test } from '@jest/globals'
import { sign } from '../../src/plasma/signature.ts'
import type { SignedTransaction } from '../../src/plasma/transaction.ts'
import { signingHash } from '../../src/plasma/typed-data.ts'
import type { Hash, Timestamp, UtxoPos } from '../../src/plasma/units.ts'
import type { ServedBlock } from '../../src/watcher/operator.ts'
import { alice, bob, carol, mallory } from '../support/signers.ts'
import { at, framework, pay, payment, rawPayment, signedWith } from '../support/transactions.ts'
import { MIN_EXIT_PERIOD, network, useWatchers, WITHHOLDING, type Network } from './network.ts'

const watching = useWatchers()

describe('Mallory exits a coin that she has spent', () => {
  function story() {
    const net = network()
    const watched = watching(net)
    const coin = net.deposit(mallory, 10n)
    const spend = payment([{ utxoPos: coin, signer: mallory }], [pay(bob, 10n)])
    net.submit([spend])
    const exitId = net.startExit(mallory, coin, net.depositTx(mallory, 10n))
    return { net, coin, spend, exitId, ...watched }
  }

  test('her exit is invalid, and the payment proves it', async () => {
    const { condition, coin, spend, exitId } = story()
    expect(await condition('invalid_exit')).toMatchObject({
      exitId,
      utxoPos: coin,
      owner: mallory.address,
      spendingTxHash: spend.transaction.txHash,
    })
  })

  test('somebody challenges it: nothing is left to do', async () => {
    const { net, coin, conditions } = story()
    await conditions()
    net.chain.mine({ type: 'ExitChallenged', utxoPos: coin })
    expect(await conditions()).toEqual([])
  })

  test('nobody challenges it for too long: users must leave', async () => {
    const { net, conditions } = story()
    net.chain.wait(20)
    expect(await conditions()).toEqual(['invalid_exit', 'unchallenged_exit'])
  })

  test('the finding stands in the log once', async () => {
    const { net, conditions, said } = story()
    await conditions()
    net.chain.wait(3)
    await conditions()
    expect(said.filter(({ sentence }) => sentence === 'condition found')).toHaveLength(1)
  })

  test('she is paid nevertheless: the alarm stays', async () => {
    const { net, exitId, condition } = story()
    net.chain.mine({ type: 'ExitFinalized', exitId })
    net.chain.wait(5)
    expect(await condition('invalid_exit')).toMatchObject({ exitId, settled: true })
  })
})

test('an exit is not judged before the block of its output is here', async () => {
  const net = network()
  const { conditions } = watching(net)
  const coin = net.deposit(alice, 10n)
  const paid = payment([{ utxoPos: coin, signer: alice }], [pay(mallory, 10n)])
  const first = net.submit([paid])
  net.withhold(first)
  net.submit([payment([{ utxoPos: at(1000n), signer: mallory }], [pay(bob, 10n)], new Uint8Array(32).fill(1))])
  net.startExit(bob, at(3000n), payment([], [pay(bob, 1n)]).transaction.raw)
  expect(await conditions()).toEqual([])
})

test('an exit of an output that no transaction created is invalid, though nobody can challenge it', async () => {
  const net = network()
  const { condition } = watching(net)
  net.submit([])
  net.startExit(
    mallory,
    at(1000n),
    payment([{ utxoPos: at(1n), signer: mallory }], [pay(mallory, 99n)]).transaction.raw,
  )
  const invented = await condition('invalid_exit')
  expect(invented).toMatchObject({ utxoPos: at(1000n) })
  expect(invented).not.toHaveProperty('spendingTxHash')
})

test('Alice exits the input of a payment that only we have seen: her own signature challenges it', async () => {
  const net = network()
  const coin = net.deposit(alice, 10n)
  const submitted = payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])
  const archived = [{ txHash: submitted.transaction.txHash, signedTx: submitted.bytes }]
  const { condition } = watching(net, { archived })
  net.startExit(alice, coin, net.depositTx(alice, 10n))
  expect(await condition('invalid_exit')).toMatchObject({ spendingTxHash: submitted.transaction.txHash })
})

test('a stranger’s signature in the archive proves nothing', async () => {
  const net = network()
  const coin = net.deposit(alice, 10n)
  const forged = payment([{ utxoPos: coin, signer: mallory }], [pay(mallory, 10n)])
  const garbage = { txHash: forged.transaction.txHash, signedTx: Uint8Array.of(1, 2, 3) }
  const archived = [garbage, { txHash: forged.transaction.txHash, signedTx: forged.bytes }]
  const { conditions } = watching(net, { archived })
  net.startExit(alice, coin, net.depositTx(alice, 10n))
  expect(await conditions()).toEqual([])
})

describe('Mallory exits an in-flight payment whose coin she has paid to Bob as well', () => {
  test('it is not canonical, Bob’s payment is older', async () => {
    const net = network()
    const { condition } = watching(net)
    const coin = net.deposit(mallory, 10n)
    net.submit([payment([{ utxoPos: coin, signer: mallory }], [pay(bob, 10n)])])
    const own = payment([{ utxoPos: coin, signer: mallory }], [pay(mallory, 10n)])
    const exitId = net.startInFlightExit(mallory, own, [net.depositTx(mallory, 10n)])
    expect(await condition('noncanonical_ife')).toMatchObject({ exitId, txHash: own.transaction.txHash })
  })
})

describe('the operator submits a bad block', () => {
  const cheats: Record<string, (net: Network, coin: UtxoPos) => { txs: SignedTransaction[]; cause: object }> = {
    'that spends a coin twice': (_net, coin) => ({
      txs: [
        payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)]),
        payment([{ utxoPos: coin, signer: alice }], [pay(carol, 10n)]),
      ],
      cause: { errorType: 'tx_execution', reason: 'utxo_not_found', txIndex: 1 },
    }),
    'that makes money from nothing': (_net, coin) => ({
      txs: [payment([{ utxoPos: coin, signer: alice }], [pay(bob, 11n)])],
      cause: { errorType: 'tx_execution', reason: 'amounts_do_not_add_up', txIndex: 0 },
    }),
    'that spends what never was': () => ({
      txs: [payment([{ utxoPos: at(500n), signer: mallory }], [pay(mallory, 10n)])],
      cause: { errorType: 'tx_execution', reason: 'utxo_not_found', txIndex: 0 },
    }),
    'that spends Alice’s coin with Mallory’s signature': (_net, coin) => ({
      txs: [payment([{ utxoPos: coin, signer: mallory }], [pay(mallory, 10n)])],
      cause: { errorType: 'tx_execution', reason: 'unauthorized_spend', txIndex: 0 },
    }),
    'with a signature that is none': (_net, coin) => ({
      txs: [signedWith(rawPayment([coin], [pay(mallory, 10n)]), [new Uint8Array(65).fill(255)])],
      cause: { errorType: 'invalid_recovery_id', txIndex: 0 },
    }),
    'with an input that nobody signed': (_net, coin) => ({
      txs: [signedWith(rawPayment([coin], [pay(mallory, 10n)]), [])],
      cause: { errorType: 'missing_signature', txIndex: 0 },
    }),
  }

  for (const [cheat, make] of Object.entries(cheats)) {
    test(`${cheat}: the block is invalid`, async () => {
      const net = network()
      const { lookTwice } = watching(net)
      const coin = net.deposit(alice, 10n)
      const { txs, cause } = make(net, coin)
      const bad = net.submit(txs)
      const submittedAt = net.chain.head()?.timestamp ?? 0n
      const snapshot = await lookTwice()
      expect(snapshot?.conditions).toEqual([
        {
          type: 'invalid_block',
          blknum: 1000n,
          hash: bad.root,
          ...cause,
          since: submittedAt,
          occurrence: bad.occurrence,
          ethHeight: 2n,
          deadline: (submittedAt + MIN_EXIT_PERIOD - 1n) as Timestamp,
        },
      ])
      expect(snapshot?.ledger.get(coin)).toBeDefined()
      expect(snapshot?.childChain).toMatchObject({ validated: undefined, byzantineSince: { blknum: 1000n } })
    })
  }

  const garbled: Record<string, [serve: (honest: ServedBlock) => ServedBlock, errorType: string]> = {
    'other transactions than its root names': [(honest) => ({ ...honest, transactions: [] }), 'incorrect_hash'],
    'another root': [(honest) => ({ ...honest, hash: `0x${'ab'.repeat(32)}` as Hash }), 'bad_returned_hash'],
    'another number': [(honest) => ({ ...honest, blknum: 7000n }), 'bad_returned_number'],
    'bytes that are no transaction': [
      (honest) => ({ ...honest, transactions: [Uint8Array.of(1, 2, 3)] }),
      'malformed_transaction_rlp',
    ],
    'an empty transaction': [(honest) => ({ ...honest, transactions: [new Uint8Array(0)] }), 'malformed_transaction'],
  }

  for (const [what, [serve, errorType]] of Object.entries(garbled)) {
    test(`and serves ${what}: the block is invalid, until he serves it right`, async () => {
      const net = network()
      const { condition, conditions, look } = watching(net)
      const coin = net.deposit(alice, 10n)
      const honest = payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])
      const { root, blknum } = net.submit([honest], serve)
      expect(await condition('invalid_block')).toMatchObject({ errorType, hash: root, blknum })
      net.serve(root, { hash: root, blknum, transactions: [honest.bytes] })
      net.chain.wait(5)
      await look()
      expect(await conditions()).toEqual([])
      expect((await look())?.childChain).toMatchObject({ validated: { blknum: 1000n }, byzantineSince: undefined })
    })
  }
})

test('a block that came garbled once is asked for again before anything is said', async () => {
  const net = network()
  const { look, said } = watching(net)
  const coin = net.deposit(alice, 10n)
  const honest = payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])
  const { root, blknum } = net.submit([honest], (block) => ({ ...block, transactions: [Uint8Array.of(1)] }))
  expect(await look()).toBeUndefined()
  net.serve(root, { hash: root, blknum, transactions: [honest.bytes] })
  expect((await look())?.childChain.validated).toMatchObject({ blknum: 1000n })
  expect(said.filter(({ level }) => level === 'error')).toEqual([])
})

test('an operator who serves rubbish once and then nothing withholds the block', async () => {
  const net = network()
  const { look, conditions } = watching(net)
  const block = net.submit([payment([{ utxoPos: at(7n), signer: mallory }], [pay(bob, 10n)])])
  await look()
  net.withhold(block)
  await look()
  net.chain.pass(WITHHOLDING)
  net.chain.mine()
  expect(await conditions()).toEqual(['block_withholding'])
})

test('an operator who serves other rubbish each time has submitted a bad block', async () => {
  const net = network()
  const { look, condition } = watching(net)
  const rubbish = (byte: number) => (honest: ServedBlock) => ({ ...honest, transactions: [Uint8Array.of(byte)] })
  const { root, blknum } = net.submit([], rubbish(1))
  await look()
  net.serve(root, rubbish(2)({ hash: root, blknum, transactions: [] }))
  expect(await condition('invalid_block')).toMatchObject({ blknum })
})

test('a signature with a high s is the network’s, not ours, to refuse', async () => {
  const net = network()
  const { conditions } = watching(net)
  const coin = net.deposit(alice, 10n)
  const raw = rawPayment([coin], [pay(bob, 10n)])
  const low = sign(signingHash(raw, framework), alice.privateKey)
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
  const s = BigInt(`0x${Buffer.from(low.subarray(32, 64)).toString('hex')}`)
  const high = Uint8Array.from([
    ...low.subarray(0, 32),
    ...Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex'),
    55 - (low[64] ?? 0),
  ])
  net.submit([signedWith(raw, [high])])
  expect(await conditions()).toEqual([])
})
