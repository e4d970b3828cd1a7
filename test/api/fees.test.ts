import { describe, expect, test } from '@jest/globals'
import { ETH } from '../../src/plasma/units.ts'
import { bob } from '../support/signers.ts'
import { token } from '../support/transactions.ts'
import { info, to, useAlice } from './alice.ts'
import { failure, success } from './serve.ts'

const having = useAlice()
const described = { description: expect.any(String) as unknown }

describe('fees', () => {
  test('/fees.all hands on what the operator takes', async () => {
    const { post } = await having([])
    const entry = { currency: ETH, amount: 1n, subunit_to_unit: 10n ** 18n, pegged_amount: null }
    for (const filter of [{}, { currencies: [ETH] }, { tx_types: [1n] }, { currencies: [], tx_types: [] }]) {
      expect(await post('/fees.all', filter)).toEqual(success({ '1': [entry] }, info))
    }
    for (const [filter, code] of [
      [{ currencies: [token] }, 'fee:currency_fee_not_supported'],
      [{ tx_types: [2n] }, 'fee:tx_type_not_supported'],
    ] as const) {
      const messages = { object: 'error', code, ...described }
      expect(await post('/fees.all', filter)).toEqual(
        failure('fees_all:client_error', { description: null, messages }, info),
      )
    }
    expect(await post('/fees.all', { currencies: ['0x1'] })).toMatchObject({
      data: { messages: { validation_error: { parameter: 'currencies.currency', validator: ':hex' } } },
    })
  })

  test('of an operator who does not answer, or says what means nothing', async () => {
    const away = await having([20n], { fees: () => Promise.reject(new Error('no route')) })
    const gone = failure('connection:childchain_unreachable', described, info)
    expect(await away.post('/fees.all', {})).toEqual(gone)
    expect(await away.create([to(bob, 1n)])).toEqual(gone)
    const nonsense = [
      null,
      7n,
      [],
      { success: false, data: {} },
      { success: true, data: [] },
      { success: true, data: { '1': {} } },
      { success: true, data: { '1': [{ currency: ETH, amount: 1.5 }] } },
      { success: true, data: { '1': [{ currency: ETH, amount: -1n }] } },
      { success: true, data: { '1': [{ currency: ETH, amount: 2n ** 256n }] } },
      { success: true, data: { '1': [{ currency: 'ether', amount: 1n }] } },
      { success: true, data: { '1': [null] } },
    ]
    let answer: unknown
    const { post, create } = await having([20n], { fees: async () => answer })
    for (answer of nonsense) {
      expect(await post('/fees.all', {})).toEqual(failure('fees_all:unexpected_fee', undefined, info))
      expect(await create([to(bob, 1n)])).toEqual(failure('create:unexpected_fee', undefined, info))
    }
  })

  test('in another token than the operator takes', async () => {
    const { create } = await having([20n])
    expect(await create([to(bob, 1n)], { fee: { currency: token } })).toMatchObject({
      data: { code: 'create:client_error', messages: { code: 'fee:currency_fee_not_supported' } },
    })
  })

  test('are asked for once in a while', async () => {
    let asked = 0
    const fees = async () => {
      asked++
      return { success: true, data: { '1': [{ currency: ETH, amount: 1n }] } }
    }
    const { create } = await having([20n], { fees })
    await Promise.all([create([to(bob, 1n)]), create([to(bob, 2n)])])
    await create([to(bob, 3n)])
    expect(asked).toBe(1)
  })
})
