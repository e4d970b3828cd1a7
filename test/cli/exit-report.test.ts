import { describe, expect, test } from '@jest/globals'
import { deadlineText, ether, planJson, planText } from '../../src/cli/exit-report.ts'
import type { Timestamp, Wei } from '../../src/plasma/units.ts'
import { childChain } from '../support/exits.ts'
import { NOW, planOf } from '../support/holdings.ts'
import { alice, bob } from '../support/signers.ts'
import { pay, payment, token } from '../support/transactions.ts'

const ETHER = 10n ** 18n
const prices = {
  bonds: {
    standardExit: (14n * 10n ** 15n) as Wei,
    inFlightExit: (37n * 10n ** 15n) as Wei,
    piggyback: (28n * 10n ** 15n) as Wei,
  },
  feePerGas: (10n ** 9n) as Wei,
  now: NOW,
}

/** Alice keeps ether, and has signed tokens away twice. */
function aPlan() {
  const chain = childChain()
  chain.deposit(alice, 2n * ETHER)
  const tokens = { utxoPos: chain.deposit(alice, 10n, token), signer: alice }
  const archived = [
    payment([tokens], [pay(bob, 3n, token), pay(alice, 7n, token)]),
    payment([tokens], [pay(bob, 4n, token)]),
  ]
  const firstBad = { blknum: 1000n, timestamp: (NOW - 100n) as Timestamp }
  return { plan: planOf({ chain, people: [alice], archived, terms: { firstBad } }), tokens }
}

describe('a plan for a person', () => {
  test('shows every transaction in order with bond, gas and deadline, and what stays behind', () => {
    const { plan, tokens } = aPlan()
    const lines = planText(plan, prices).split('\n')
    expect(lines[1]).toMatch(/^1 +addExitQueue +0x70c3\S+ +0.0006 ETH +2020-\S+Z \(in 1 h 38 min\)$/)
    expect(lines[2]).toMatch(/^2 +startInFlightExit +0.037 ETH +0.0007 ETH/)
    expect(lines[3]).toMatch(/^3 +piggybackInFlightExitOnOutput 1 +7 units +0x70c3\S+ +0.028 ETH .*\(in 49 min 59 s\)$/)
    expect(lines[4]).toMatch(/^4 +startStandardExit +2 ETH +ether +0.014 ETH +0.0004 ETH/)
    expect(lines[6]).toBe('Bonds 0.079 ETH, which come back when nobody challenges; gas about 0.00205 ETH.')
    expect(lines.at(-2)).toContain(`10 units of ${token}, output ${tokens.utxoPos}: its owner has signed it away twice`)
  })

  test('says when there is nothing to bring home', () => {
    expect(planText(planOf({ chain: childChain(), people: [alice] }), prices)).toBe('There is nothing to bring home.\n')
  })

  test.each([
    [0n, '0 ETH'],
    [1n, '0.000000000000000001 ETH'],
    [ETHER, '1 ETH'],
    [(12_345n * ETHER) / 1000n, '12.345 ETH'],
  ])('writes %s wei without rounding', (wei, text) => {
    expect(ether(wei as Wei)).toBe(text)
  })

  test.each([
    [0n, 'in 0 s'],
    [59n, 'in 59 s'],
    [3_600n, 'in 1 h'],
    [90_061n, 'in 1 d 1 h'],
    [-61n, 'over for 1 min 1 s'],
  ])('tells a deadline %s seconds from now', (seconds, text) => {
    const now = 1_600_000_000n as Timestamp
    expect(deadlineText((now + seconds) as Timestamp, now)).toMatch(new RegExp(`^2020-09-1\\dT[\\d:]+Z \\(${text}\\)$`))
  })
})

test('a plan for a program says the same in decimal strings', () => {
  const { plan, tokens } = aPlan()
  const json = planJson(plan, prices)
  expect(JSON.parse(JSON.stringify(json))).toEqual(json)
  expect(json).toMatchObject({
    bonds: '79000000000000000',
    fees: '2050000000000000',
    calls: [
      { call: 'addExitQueue', currency: token, bond: '0' },
      { call: 'startInFlightExit' },
      { call: 'piggybackInFlightExitOnOutput', index: 1, amount: '7', currency: token, owner: alice.address },
      { call: 'startStandardExit', amount: '2000000000000000000', bond: '14000000000000000' },
    ],
    exiting: [],
  })
  expect(json['unsaveable']).toContainEqual({
    utxo_pos: tokens.utxoPos.toString(),
    amount: '10',
    currency: token,
    owner: alice.address,
    because: 'input_signed_twice',
    reason: expect.any(String),
  })
})
