import { describe, expect, test } from '@jest/globals'
import { toHex } from '../../src/lib/bytes.ts'
import type { Operator } from '../../src/watcher/operator.ts'
import { alice, bob, operator } from '../support/signers.ts'
import { at, fee, pay, payment, rawPayment, signedWith } from '../support/transactions.ts'
import { network } from '../watcher/network.ts'
import { failure, success, taken, useApi } from './serve.ts'

const serving = useApi()
const described = { description: expect.any(String) as unknown }
const signed = payment([{ utxoPos: at(1n), signer: alice }], [pay(bob, 10n)])
const archivedSigned = { txHash: signed.transaction.txHash, signedTx: signed.bytes }

describe('/transaction.submit', () => {
  test('keeps the transaction before it passes it on, and hands back what the operator says', async () => {
    const net = network()
    const seen: unknown[] = []
    const said = { blknum: 1000n, txindex: 0n, txhash: signed.transaction.txHash }
    const port: Pick<Operator, 'submit'> = {
      submit: async (signedTx) => {
        seen.push([...archived], signedTx)
        return { ok: true, answer: said }
      },
    }
    const { look, post, archived } = serving(net, { operator: port })
    await look()
    expect(await post('/transaction.submit', { transaction: toHex(signed.bytes) })).toEqual(success(said))
    expect(seen).toEqual([[archivedSigned], signed.bytes])
  })

  test('hands back the operator’s refusal', async () => {
    const error = { object: 'error', code: 'submit:utxo_not_found', description: null }
    const { look, post, archived } = serving(network(), {
      operator: { submit: async () => ({ ok: false, answer: error }) },
    })
    await look()
    expect(await post('/transaction.submit', { transaction: toHex(signed.bytes) })).toEqual(
      failure('submit:client_error', { description: null, messages: error }),
    )
    expect(archived).toEqual([archivedSigned])
  })

  test('keeps the transaction also when the operator is away, or there is none', async () => {
    const gone = { object: 'error', code: 'connection:childchain_unreachable', description: 'no answer' }
    for (const port of [{ submit: async () => ({ ok: false, answer: gone }) }, undefined]) {
      const { look, post, archived } = serving(network(), { operator: port })
      await look()
      expect(await post('/transaction.submit', { transaction: toHex(signed.bytes) })).toEqual(
        failure('connection:childchain_unreachable', described),
      )
      expect(archived).toEqual([archivedSigned])
    }
  })

  const raw = rawPayment([at(1n)], [pay(bob, 10n)])
  const [signature = new Uint8Array(65)] = signed.signatures
  const refusals: Record<string, [transaction: Uint8Array, code: string, more?: object]> = {
    'no transaction': [Uint8Array.of(0x12), 'submit:malformed_transaction'],
    'no RLP': [Uint8Array.of(0xf8), 'submit:malformed_transaction_rlp'],
    'a missing signature': [signedWith(raw, []).bytes, 'submit_typed:missing_signature', described],
    'one signature too many': [
      signedWith(raw, [signature, signature]).bytes,
      'submit_typed:superfluous_signature',
      described,
    ],
    'a signature of nobody': [
      signedWith(raw, [Uint8Array.of(...new Uint8Array(64).fill(255), 27)]).bytes,
      'submit:recovery_failure',
    ],
    'one input twice': [
      payment(
        [
          { utxoPos: at(1n), signer: alice },
          { utxoPos: at(1n), signer: alice },
        ],
        [pay(bob, 1n)],
      ).bytes,
      'submit:duplicate_inputs',
    ],
    'a fee transaction': [fee(1000n, { owner: operator, amount: 1n }).bytes, 'submit:transaction_not_supported'],
  }
  for (const [what, [transaction, code, more]] of Object.entries(refusals)) {
    test(`refuses ${what}, and neither keeps nor passes it on`, async () => {
      const net = network()
      const { look, post, archived } = serving(net)
      await look()
      expect(await post('/transaction.submit', { transaction: toHex(transaction) })).toEqual(failure(code, more))
      expect(archived).toEqual([])
      expect(net.submissions).toEqual([])
    })
  }
})

describe('/transaction.batch_submit', () => {
  const second = payment([{ utxoPos: at(2n), signer: bob }], [pay(alice, 5n)])

  test('passes on one after the other', async () => {
    const net = network()
    const { look, post, archived } = serving(net)
    await look()
    const transactions = [toHex(signed.bytes), toHex(second.bytes)]
    expect(await post('/transaction.batch_submit', { transactions })).toEqual(success([taken, taken]))
    expect(net.submissions).toEqual([signed.bytes, second.bytes])
    expect(archived).toHaveLength(2)
  })

  test('passes on none when one of them is bad', async () => {
    const net = network()
    const { look, post, archived } = serving(net)
    await look()
    const transactions = [toHex(signed.bytes), '0xc0']
    expect(await post('/transaction.batch_submit', { transactions })).toEqual(
      failure('batch_submit:malformed_transaction'),
    )
    expect(archived).toEqual([])
    expect(net.submissions).toEqual([])
  })
})

describe('/block.validate', () => {
  test('says of a block whether it is well formed', async () => {
    const net = network()
    const { post } = serving(net)
    const { root } = net.submit([signed])
    const transactions = [toHex(signed.bytes)]
    const ask = (block: object) => post('/block.validate', { hash: root, transactions, number: 1000n, ...block })
    expect(await ask({})).toEqual(success({ valid: true }))
    expect(await ask({ hash: `0x${'00'.repeat(32)}` })).toEqual(
      failure('block.validate:invalid_merkle_root', described),
    )
    expect(await ask({ transactions: [] })).toEqual(failure('validate_block:empty_block'))
  })
})
