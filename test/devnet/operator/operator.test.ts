import { describe, expect, test } from '@jest/globals'
import { makePayment } from '../../../devnet/actor-payment.ts'
import {
  doubleSpend,
  doubleSpendAcrossBlocks,
  foreignSignature,
  mintFromNothing,
  phantomInput,
} from '../../../devnet/operator/cheats.ts'
import { createOperator } from '../../../devnet/operator/operator.ts'
import { signedPayment } from '../../../devnet/operator/payment.ts'
import { merkleRoot } from '../../../src/plasma/merkle.ts'
import { encodeUtxoPos } from '../../../src/plasma/position.ts'
import { decodeSignedTransaction } from '../../../src/plasma/transaction.ts'
import { type Address, ETH, type Wei } from '../../../src/plasma/units.ts'
import { fakeOperatorChain } from './fake-root-chain.ts'
import { alice, bob, FRAMEWORK, mallory } from './people.ts'

async function start(settings: { fees?: ReadonlyMap<Address, bigint>; feeClaimer?: Address } = {}) {
  const rootChain = fakeOperatorChain()
  const operator = await createOperator(rootChain.chain, { framework: FRAMEWORK, ...settings })
  return { operator, rootChain, deposit: (amount = 10n) => rootChain.deposit(alice.address, ETH, amount) }
}

function coin(spendable: { utxoPos: bigint; amount: Wei; currency: Address }, owner: Address) {
  return { ...spendable, owner, creator: new Uint8Array() } as Parameters<typeof makePayment>[1][number]
}

describe('an honest operator', () => {
  test('gives each payment its place, and publishes the block under the root that it submitted', async () => {
    const { operator, rootChain, deposit } = await start()
    const first = await operator.submit(signedPayment(alice, deposit(), bob.address))
    const second = await operator.submit(signedPayment(alice, deposit(), bob.address))
    expect(first).toMatchObject({ ok: true, placed: { blknum: 1000n, txIndex: 0 } })
    expect(second).toMatchObject({ ok: true, placed: { blknum: 1000n, txIndex: 1 } })
    expect(operator.waiting()).toBe(2)

    const block = await operator.formBlock()
    expect(operator.waiting()).toBe(0)
    expect(rootChain.roots).toEqual([block.root])
    const served = operator.served(block.root)
    expect(served).toMatchObject({ blknum: 1000n, hash: block.root })
    const raws = (served?.transactions ?? []).map((bytes) => {
      const decoded = decodeSignedTransaction(bytes)
      return decoded.ok ? decoded.value.transaction.raw : new Uint8Array()
    })
    expect(merkleRoot(raws)).toBe(block.root)
  })

  test('lets an output be spent in the block that creates it', async () => {
    const { operator, deposit } = await start()
    await operator.submit(signedPayment(alice, deposit(), bob.address))
    const utxoPos = encodeUtxoPos({ blknum: 1000n, txIndex: 0, outputIndex: 0 })
    const spend = signedPayment(bob, { utxoPos, currency: ETH, amount: 10n as Wei }, alice.address)
    expect(await operator.submit(spend)).toMatchObject({ ok: true })
  })

  test('refuses bytes, a second spend, a foreign signature, an input that never was, and money from nothing', async () => {
    const { operator, deposit } = await start()
    const spent = deposit()
    const spend = signedPayment(alice, spent, bob.address)
    await operator.submit(spend)
    const greedy = makePayment([alice], [coin(deposit(), alice.address)], [{ to: alice.address, amount: 11n as Wei }])
    const cases: readonly [Uint8Array | undefined, string][] = [
      [Uint8Array.of(0xc1), 'submit:malformed_transaction_rlp'],
      [new Uint8Array(), 'submit:malformed_transaction'],
      [spend, 'submit:utxo_not_found'],
      [signedPayment(alice, spent, alice.address), 'submit:utxo_not_found'],
      [foreignSignature({ thief: mallory, coin: deposit() })[0], 'submit:unauthorized_spend'],
      [phantomInput({ thief: mallory, currency: ETH, amount: 1n as Wei })[0], 'submit:utxo_not_found'],
      [mintFromNothing({ to: mallory.address, currency: ETH, amount: 1n as Wei })[0], 'submit:empty_inputs'],
      [greedy.bytes, 'submit:amounts_do_not_add_up'],
    ]
    for (const [bytes, code] of cases) {
      expect(await operator.submit(bytes ?? new Uint8Array())).toEqual({ ok: false, code })
    }
    expect(operator.waiting()).toBe(1)
  })

  test('refuses the same input twice in one transaction, and a wrong number of signatures', async () => {
    const { operator, deposit } = await start()
    const mine = coin(deposit(), alice.address)
    const twice = makePayment([alice], [mine, mine], [{ to: bob.address, amount: 20n as Wei }])
    expect(await operator.submit(twice.bytes)).toEqual({ ok: false, code: 'submit:duplicate_inputs' })
  })

  test('takes exactly its fee, in one token, and claims it at the end of the block', async () => {
    const fees = new Map([[ETH, 1n]])
    const { operator, deposit } = await start({ fees, feeClaimer: bob.address })
    const pays = (left: bigint) => {
      const amount = (10n - left) as Wei
      return makePayment([alice], [coin(deposit(), alice.address)], [{ to: bob.address, amount }]).bytes
    }
    expect(await operator.submit(pays(0n))).toEqual({ ok: false, code: 'submit:fees_not_covered' })
    expect(await operator.submit(pays(2n))).toEqual({ ok: false, code: 'submit:overpaying_fees' })
    expect(await operator.submit(pays(1n))).toMatchObject({ ok: true })
    expect(await operator.submit(pays(1n))).toMatchObject({ ok: true })

    const { transactions } = await operator.formBlock()
    expect(transactions.map(({ transaction }) => transaction.txType)).toEqual(['payment', 'payment', 'fee'])
    expect(transactions[2]?.transaction.outputs).toEqual([
      { outputType: 2, owner: bob.address, currency: ETH, amount: 2n },
    ])
    const claimed = encodeUtxoPos({ blknum: 1000n, txIndex: 2, outputIndex: 0 })
    const spend = makePayment(
      [bob],
      [coin({ utxoPos: claimed, currency: ETH, amount: 2n as Wei }, bob.address)],
      [{ to: alice.address, amount: 1n as Wei }],
    )
    expect(await operator.submit(spend.bytes)).toMatchObject({ ok: true })
  })

  test('lets nobody spend what is being exited', async () => {
    const { operator, rootChain, deposit } = await start()
    const exiting = deposit()
    const held = deposit()
    await operator.submit(signedPayment(alice, held, bob.address))
    const { transactions } = await operator.formBlock()
    rootChain.tell({ type: 'exited', utxoPos: exiting.utxoPos })
    const txHash = transactions[0]?.transaction.txHash
    if (txHash) rootChain.tell({ type: 'output piggybacked', txHash, outputIndex: 0 })

    const utxoPos = encodeUtxoPos({ blknum: 1000n, txIndex: 0, outputIndex: 0 })
    const refused = { ok: false, code: 'submit:utxo_not_found' }
    expect(await operator.submit(signedPayment(alice, exiting, bob.address))).toEqual(refused)
    expect(await operator.submit(signedPayment(bob, { ...held, utxoPos }, alice.address))).toEqual(refused)
  })

  test('submits a root again when the root chain was not there, before the next one', async () => {
    const { operator, rootChain, deposit } = await start()
    await operator.submit(signedPayment(alice, deposit(), bob.address))
    rootChain.failNext(1)
    await expect(operator.formBlock()).rejects.toThrow('no connection')
    const second = await operator.formBlock()
    expect(second.blknum).toBe(2000n)
    expect(rootChain.roots).toEqual([operator.block(1000n)?.root, second.root])
  })

  test('takes what comes at the same time one after the other', async () => {
    const { operator, deposit } = await start()
    const payments = Array.from({ length: 20 }, () => signedPayment(alice, deposit(), bob.address))
    const [answers, block] = await Promise.all([Promise.all(payments.map(operator.submit)), operator.formBlock()])
    expect(answers.every(({ ok }) => ok)).toBe(true)
    expect(block.transactions.map(({ txIndex }) => txIndex)).toEqual(Array.from({ length: 20 }, (_, at) => at))
  })
})

describe('an operator that cheats', () => {
  test.each([
    ['mints', () => mintFromNothing({ to: mallory.address, currency: ETH, amount: 5n as Wei })],
    ['invents an input', () => phantomInput({ thief: mallory, currency: ETH, amount: 5n as Wei })],
  ])('%s, and lets the loot be spent', async (_, theft) => {
    const { operator } = await start()
    const { blknum, transactions } = await operator.formBlock({ also: theft() })
    expect(transactions).toHaveLength(1)
    const utxoPos = encodeUtxoPos({ blknum, txIndex: 0, outputIndex: 0 })
    const spend = signedPayment(mallory, { utxoPos, currency: ETH, amount: 5n as Wei }, bob.address)
    expect(await operator.submit(spend)).toMatchObject({ ok: true })
  })

  test('spends twice in a block, after the payments of honest people', async () => {
    const { operator, deposit } = await start()
    const stolen = deposit()
    await operator.submit(signedPayment(alice, deposit(), bob.address))
    const { transactions } = await operator.formBlock({
      also: doubleSpend({ thief: alice, coin: stolen, to: bob.address }),
    })
    const spenders = transactions.filter(({ transaction }) => transaction.inputs.includes(stolen.utxoPos))
    expect(spenders.map(({ txIndex }) => txIndex)).toEqual([1, 2])
  })

  test('spends again in a later block what was spent in an earlier one', async () => {
    const { operator, deposit } = await start()
    const stolen = deposit()
    const { first, second } = doubleSpendAcrossBlocks({ thief: alice, coin: stolen, to: bob.address })
    const blocks = [await operator.formBlock({ also: first }), await operator.formBlock({ also: second })]
    for (const { transactions } of blocks) expect(transactions[0]?.transaction.inputs).toEqual([stolen.utxoPos])
  })

  test('withholds a block, until it publishes it', async () => {
    const { operator, rootChain, deposit } = await start()
    await operator.submit(signedPayment(alice, deposit(), bob.address))
    const { root, blknum } = await operator.formBlock({ serving: 'withheld' })
    expect(rootChain.roots).toEqual([root])
    expect(operator.served(root)).toBeUndefined()
    expect(operator.block(blknum)?.transactions).toHaveLength(1)
    operator.serve(blknum, 'honest')
    expect(operator.served(root)?.transactions).toHaveLength(1)
  })

  test('serves bytes that are not those of the root', async () => {
    const { operator, deposit } = await start()
    await operator.submit(signedPayment(alice, deposit(), bob.address))
    await operator.submit(signedPayment(alice, deposit(), bob.address))
    const { root } = await operator.formBlock({ serving: 'forged' })
    expect(operator.served(root)?.transactions).toHaveLength(1)
  })

  test('does not lose its head over bytes that are no transaction', async () => {
    const { operator } = await start()
    await expect(operator.formBlock({ also: [Uint8Array.of(0)] })).rejects.toThrow('no transaction')
    expect((await operator.formBlock()).transactions).toEqual([])
  })
})
