import { createRequire } from 'node:module'
import { describe, expect, test } from '@jest/globals'
import { fromHex, toHex } from '../../src/lib/bytes.ts'
import { decodeTransaction } from '../../src/plasma/transaction.ts'
import { signingHash } from '../../src/plasma/typed-data.ts'
import { ETH } from '../../src/plasma/units.ts'
import { alice, bob, carol } from '../support/signers.ts'
import { at, framework, pay, token } from '../support/transactions.ts'
import { advice, info, only, paid, spent, to, useAlice } from './alice.ts'
import { failure } from './serve.ts'

const having = useAlice()
const described = { description: expect.any(String) as unknown }

describe('/transaction.create', () => {
  test('pays with the output that fits, fee included', async () => {
    const { coins, create } = await having([50n, 11n, 30n, 40n, 60n])
    const made = only(await create([to(bob, 10n)]))
    expect(spent(made)[0]).toBe(coins[1])
    expect(made.fee).toEqual({ amount: 1n, currency: ETH })
    expect(paid(made)[0]).toEqual([bob.address, 10n])
  })

  test('or with the greatest, and takes the smallest along as far as inputs are free', async () => {
    const { coins, create } = await having([5n, 90n, 3n, 60n, 7n])
    const made = only(await create([to(bob, 100n)], { metadata: toHex(new Uint8Array(32).fill(1)) }))
    expect(spent(made)).toEqual([coins[1], coins[3], coins[2], coins[0]])
    expect(paid(made)).toEqual([
      [bob.address, 100n],
      [alice.address, 90n + 60n + 3n + 5n - 100n - 1n],
    ])
    expect(made.metadata).toBe(toHex(new Uint8Array(32).fill(1)))
  })

  test('makes what its owner signs, and the network takes', async () => {
    const { create } = await having([50n])
    const { txbytes, sign_hash, typed_data } = only(await create([to(bob, 10n)]))
    const decoded = decodeTransaction(fromHex(txbytes))
    if (!decoded.ok) throw new Error(decoded.error)
    expect(decoded.value).toMatchObject({
      txType: 'payment',
      inputs: [at(1n)],
      outputs: [pay(bob, 10n), pay(alice, 39n)],
      metadata: new Uint8Array(32),
    })
    expect(sign_hash).toBe(toHex(signingHash(decoded.value, framework)))
    // The published client's own EIP-712, which reads the types of the message.
    const { getToSignHash } = createRequire(import.meta.url)('@omisego/omg-js-util') as {
      getToSignHash: (data: unknown) => Buffer
    }
    const plain = JSON.parse(
      JSON.stringify(typed_data, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    ) as unknown
    expect(toHex(getToSignHash(plain))).toBe(sign_hash)
  })

  test('advises to merge first, where more than four outputs are needed', async () => {
    const { coins, create } = await having([10n, 10n, 10n, 10n, 10n, 10n])
    const { result, transactions } = advice(await create([to(bob, 55n)]))
    expect(result).toBe('intermediate')
    expect(transactions.map(({ inputs }) => inputs.length)).toEqual([4, 2])
    expect(transactions.flatMap(spent).sort()).toEqual([...coins].sort())
    expect(transactions.map(paid)).toEqual([[[alice.address, 40n]], [[alice.address, 20n]]])
    expect(transactions.map(({ fee }) => fee)).toEqual(Array.from({ length: 2 }, () => ({ amount: 0n, currency: ETH })))
  })

  test('makes nothing to be signed for a receiver that is not known yet', async () => {
    const { create } = await having([50n])
    expect(only(await create([{ amount: 5n, currency: ETH }]))).toMatchObject({
      outputs: [{ owner: null, amount: 5n }, { owner: alice.address }],
      txbytes: null,
      sign_hash: null,
      typed_data: null,
    })
  })

  test('pays several at once, and several tokens', async () => {
    const { net, look, create } = await having([50n])
    net.chain.mine({
      type: 'DepositCreated',
      blknum: 2n,
      depositor: alice.address,
      token,
      amount: pay(alice, 9n).amount,
    })
    await look()
    const made = only(await create([to(bob, 4n, token), to(carol, 10n)]))
    expect(spent(made).sort()).toEqual([at(1n), at(2n)])
    expect(made.outputs).toEqual([to(bob, 4n, token), to(carol, 10n), to(alice, 39n), to(alice, 5n, token)])
  })

  test('does not pay with what is in an exit', async () => {
    const { net, coins, look, create } = await having([50n, 20n])
    net.startExit(alice, coins[0] ?? at(1n), net.depositTx(alice, 50n))
    await look()
    expect(spent(only(await create([to(bob, 5n)])))).toEqual([coins[1]])
    expect(await create([to(bob, 30n)])).toMatchObject({ data: { code: 'transaction.create:insufficient_funds' } })
  })

  const refusals: [what: string, payments: readonly object[], code: string, messages?: unknown][] = [
    ['too little money', [to(bob, 70n)], 'transaction.create:insufficient_funds', [{ token: ETH, missing: 11n }]],
    [
      'too little of two tokens',
      [to(bob, 70n), to(bob, 1n, token)],
      'transaction.create:insufficient_funds',
      [
        { token: ETH, missing: 11n },
        { token, missing: 1n },
      ],
    ],
    [
      'more outputs than fit',
      [to(bob, 1n), to(bob, 2n), to(carol, 3n), to(carol, 4n)],
      'transaction.create:too_many_outputs',
    ],
    ['a payment to oneself', [to(alice, 5n)], 'transaction.create:self_transaction_not_supported'],
  ]
  for (const [what, payments, code, messages] of refusals) {
    test(`refuses ${what}`, async () => {
      const { create } = await having([20n, 40n])
      const more = messages === undefined ? described : { ...described, messages }
      expect(await create(payments)).toEqual(failure(code, more, info))
    })
  }

  test('refuses to pay nothing, where even that is free', async () => {
    const free = { success: true, data: { '1': [{ currency: ETH, amount: 0n }] } }
    const { create } = await having([20n], { fees: async () => free })
    expect(await create([])).toEqual(failure('transaction.create:empty_transaction', described, info))
  })

  test('refuses orders that are none', async () => {
    const { post } = await having([])
    const order = { owner: alice.address, payments: [], fee: { currency: ETH } }
    for (const [wrong, parameter, validator] of [
      [{ owner: 'alice' }, 'owner', ':hex'],
      [{ metadata: '0x12' }, 'metadata', '{:length, 32}'],
      [{ fee: ETH }, 'fee', ':map'],
      [{ fee: {} }, 'fee.currency', ':hex'],
      [{ payments: {} }, 'payments', ':list'],
      [{ payments: [7n] }, 'payments', ':map'],
      [{ payments: [to(bob, 0n)] }, 'payments.amount', '{:greater, 0}'],
      [{ payments: [{ ...to(bob, 1n), owner: '0x1' }] }, 'payments.owner', ':hex'],
      [{ payments: [to(bob, 2n ** 256n)] }, 'payments.amount', `{:lesser, ${String(2n ** 256n)}}`],
      [{ payments: Array.from({ length: 5 }, () => to(bob, 1n)) }, 'payments', '{:too_many_payments, 4}'],
    ] as const) {
      const messages = { validation_error: { parameter, validator } }
      expect(await post('/transaction.create', { ...order, ...wrong })).toEqual(
        failure('operation:bad_request', { ...described, messages }, info),
      )
    }
  })
})
