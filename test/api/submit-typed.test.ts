import { describe, expect, test } from '@jest/globals'
import { fromHex, toHex } from '../../src/lib/bytes.ts'
import { sign } from '../../src/plasma/signature.ts'
import { ETH } from '../../src/plasma/units.ts'
import { alice, bob, carol } from '../support/signers.ts'
import { at, pay, payment } from '../support/transactions.ts'
import { info, only, to, useAlice } from './alice.ts'
import { failure, success, taken } from './serve.ts'

const having = useAlice()
const described = { description: expect.any(String) as unknown }

const zeros = `0x${'00'.repeat(32)}`

describe('/transaction.submit_typed', () => {
  async function signed() {
    const here = await having([50n])
    const { typed_data, sign_hash } = only(await here.create([to(bob, 10n)]))
    const signature = toHex(sign(fromHex(sign_hash), alice.privateKey))
    return { ...here, typed: { ...typed_data, signatures: [signature] } }
  }

  test('keeps and passes on what the wallet signed', async () => {
    const { net, archived, post, typed } = await signed()
    const whole = payment([{ utxoPos: at(1n), signer: alice }], [pay(bob, 10n), pay(alice, 39n)])
    expect(await post('/transaction.submit_typed', typed)).toEqual(success(taken, info))
    expect(net.submissions).toEqual([whole.bytes])
    expect(archived).toEqual([{ txHash: whole.transaction.txHash, signedTx: whole.bytes }])
  })

  test('refuses what is not signed, signed too often, or for another network', async () => {
    const { net, post, typed } = await signed()
    const { signatures, domain, message } = typed
    for (const [wrong, code] of [
      [{ signatures: [] }, 'submit_typed:missing_signature'],
      [{ signatures: [...signatures, ...signatures] }, 'submit_typed:superfluous_signature'],
    ] as const) {
      expect(await post('/transaction.submit_typed', { ...typed, ...wrong })).toEqual(failure(code, described, info))
    }
    const input = { blknum: 1n, txindex: 0n, oindex: 0n }
    const output = { owner: bob.address, currency: ETH, amount: 1n }
    for (const [wrong, parameter, validator] of [
      [{ domain: undefined }, 'domain', ':map'],
      [{ domain: { ...domain, salt: '0x' } }, 'domain.salt', '{:length, 32}'],
      [{ domain: { ...domain, name: 'Another' } }, 'domain', ':domain_separator_mismatch'],
      [{ domain: { ...domain, verifyingContract: bob.address } }, 'domain', ':domain_separator_mismatch'],
      [{ signatures: ['0x12'] }, 'signatures.signature', '{:length, 65}'],
      [{ message: [] }, 'message', ':map'],
      [{ message: { ...message, input3: undefined } }, 'input3', ':map'],
      [{ message: { ...message, input0: { ...input, blknum: '1' } } }, 'input0.blknum', ':integer'],
      [
        { message: { ...message, input0: { ...input, blknum: 10n ** 80n } } },
        'input0.blknum',
        `{:lesser, ${String(2n ** 64n)}}`,
      ],
      [{ message: { ...message, output0: { ...output, amount: -1n } } }, 'output0.amount', '{:greater, -1}'],
      [{ message: { ...message, metadata: zeros.slice(4) } }, 'metadata', ':hex'],
    ] as const) {
      expect(await post('/transaction.submit_typed', { ...typed, ...wrong })).toEqual(
        failure(
          'operation:bad_request',
          { ...described, messages: { validation_error: { parameter, validator } } },
          info,
        ),
      )
    }
    expect(net.submissions).toEqual([])
  })

  test('of nothing is no transaction', async () => {
    const { post, typed } = await signed()
    const message = { ...typed.message, output0: typed.message['output3'], output1: typed.message['output3'] }
    expect(await post('/transaction.submit_typed', { ...typed, message })).toEqual(
      failure('submit_typed:empty_outputs', undefined, info),
    )
  })
})

describe('on a byzantine chain', () => {
  test('nothing is submitted any more', async () => {
    const { net, look, lookTwice, post, create, archived } = await having([50n])
    const stolen = payment([{ utxoPos: at(77n), signer: carol }], [pay(carol, 1_000n)])
    net.submit([stolen])
    await lookTwice()
    await look()
    const whole = payment([{ utxoPos: at(1n), signer: alice }], [pay(bob, 50n)])
    const { typed_data, sign_hash } = only(await create([to(bob, 10n)]))
    const typed = { ...typed_data, signatures: [toHex(sign(fromHex(sign_hash), alice.privateKey))] }
    for (const [path, action, body] of [
      ['/transaction.submit', 'submit', { transaction: toHex(whole.bytes) }],
      ['/transaction.batch_submit', 'batch_submit', { transactions: [toHex(whole.bytes)] }],
      ['/transaction.submit_typed', 'submit_typed', typed],
    ] as const) {
      expect(await post(path, body)).toEqual(failure(`${action}:chain_not_secure`, described, info))
    }
    expect(archived).toEqual([])
    expect(net.submissions).toEqual([])
  })
})
