import { describe, expect, test } from '@jest/globals'
import { ETH } from '../../src/plasma/units.ts'
import { alice, bob, carol } from '../support/signers.ts'
import { at, pay, token } from '../support/transactions.ts'
import { advice, info, only, paid, spent, useAlice } from './alice.ts'
import { failure } from './serve.ts'

const having = useAlice()
const described = { description: expect.any(String) as unknown }

describe('/transaction.merge', () => {
  test('merges all that an owner has of a token, from the smallest up', async () => {
    const { coins, post } = await having([50n, 10n, 40n, 20n, 30n])
    const { result, transactions } = advice(await post('/transaction.merge', { address: alice.address, currency: ETH }))
    expect(result).toBeUndefined()
    expect(transactions.map(spent)).toEqual([[coins[1], coins[3], coins[4], coins[2]]])
    expect(transactions.map(paid)).toEqual([[[alice.address, 100n]]])
  })

  test('merges what stands at positions', async () => {
    const { coins, post } = await having([50n, 10n, 40n])
    const made = only(await post('/transaction.merge', { utxo_positions: [coins[0], coins[2]] }))
    expect(paid(made)).toEqual([[alice.address, 90n]])
  })

  test('refuses what cannot be merged', async () => {
    const { net, coins, look, post } = await having([50n])
    const [mine = at(1n)] = coins
    const other = net.deposit(bob, 7n)
    net.chain.mine({
      type: 'DepositCreated',
      blknum: 3n,
      depositor: alice.address,
      token,
      amount: pay(alice, 9n).amount,
    })
    await look()
    for (const [asked, code] of [
      [{ address: carol.address, currency: ETH }, 'merge:no_inputs_found'],
      [{ address: alice.address, currency: ETH }, 'merge:single_input'],
      [{ utxo_positions: [mine, mine] }, 'merge:duplicate_input_positions'],
      [{ utxo_positions: [mine, other] }, 'merge:multiple_input_owners'],
      [{ utxo_positions: [mine, at(3n)] }, 'merge:multiple_currencies'],
    ] as const) {
      expect(await post('/transaction.merge', asked)).toEqual(failure(code, described, info))
    }
    expect(await post('/transaction.merge', { utxo_positions: [mine, at(9n)] })).toEqual(
      failure('merge:position_not_found', undefined, info),
    )
    expect(await post('/transaction.merge', { address: alice.address })).toEqual(
      failure('operation:bad_request', described, info),
    )
    for (const [utxo_positions, parameter, validator] of [
      [[mine], 'utxo_positions', '{:min_length, 2}'],
      [Array.from({ length: 5 }, () => mine), 'utxo_positions', '{:max_length, 4}'],
      [[mine, -1n], 'utxo_positions.utxo_pos', '{:greater, -1}'],
    ] as const) {
      expect(await post('/transaction.merge', { utxo_positions })).toMatchObject({
        data: { messages: { validation_error: { parameter, validator } } },
      })
    }
  })
})
