import { expect, test } from '@jest/globals'
import { eitherStake, ownStake, responseStake, vaultStake, type Money } from '../../src/exit-game/stake.ts'
import { ETH, type Address, type Wei } from '../../src/plasma/units.ts'
import { alice, bob } from '../support/signers.ts'
import { token } from '../support/transactions.ts'

const money = (amount: bigint, of: Address = ETH): Money => ({ token: of, amount: amount as Wei })

test('ether adds up; beside a token nobody can tell, however little ether there is', () => {
  expect(vaultStake([money(3n), money(4n)])).toEqual({ stake: 7n, own: false })
  expect(ownStake([money(3n), money(4n, token)])).toEqual({ own: true })
  expect(vaultStake([money(3n), money(0n, token)])).toEqual({ stake: 3n, own: false })
  expect(vaultStake([])).toEqual({ own: false })
})

test('a response is ours as soon as one output is', () => {
  const outputs = [
    { ...money(3n), exitTarget: alice.address },
    { ...money(4n), exitTarget: bob.address },
  ]
  expect(responseStake(outputs, new Set([bob.address]))).toEqual({ stake: 7n, own: true })
  expect(responseStake(outputs, new Set())).toEqual({ stake: 7n, own: false })
})

test('an in-flight exit pays its inputs or its outputs: the greater of the two hangs on it', () => {
  expect(eitherStake([money(9n)], [money(2n), money(3n)])).toEqual({ stake: 9n, own: true })
  expect(eitherStake([money(4n)], [money(2n), money(3n)])).toEqual({ stake: 5n, own: true })
  expect(eitherStake([], [money(2n)])).toEqual({ stake: 2n, own: true })
  expect(eitherStake([money(9n)], [money(2n, token)])).toEqual({ own: true })
})
