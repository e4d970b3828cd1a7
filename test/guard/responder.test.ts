import { describe, expect, test } from '@jest/globals'
import { createResponder } from '../../src/guard/responder.ts'
import type { Address, Wei } from '../../src/plasma/units.ts'

const address = (digit: string) => `0x${digit.repeat(40)}` as Address
const [a, b, c] = [address('a'), address('b'), address('c')]
const ETHER = 10n ** 18n

/** Who answers when these accounts, in this order, own so much; and whose balance was asked for. */
async function among(accounts: [Address, ...Address[]], owned: Record<string, bigint>) {
  const asked: Address[] = []
  const responder = createResponder({
    accounts,
    balance: async (account) => {
      asked.push(account)
      return (owned[account] ?? 0n) as Wei
    },
  })
  return { chosen: await responder(), asked, responder }
}

describe('Who answers', () => {
  test('is the first in the configuration that could pay at any price', async () => {
    expect((await among([a, b, c], { [a]: ETHER, [b]: 9n * ETHER, [c]: ETHER })).chosen).toBe(a)
    expect((await among([a, b, c], { [a]: ETHER / 100n, [b]: ETHER, [c]: 9n * ETHER })).chosen).toBe(b)
    expect((await among([c, a], { [a]: ETHER, [c]: ETHER / 2n })).chosen).toBe(c)
  })

  test('is the richest when none could', async () => {
    expect((await among([a, b, c], { [a]: 1n, [b]: ETHER / 10n, [c]: 2n })).chosen).toBe(b)
    expect((await among([a, b, c], {})).chosen).toBe(a)
  })

  test('is the only one there is, whose balance nobody asks for', async () => {
    expect(await among([a], {})).toMatchObject({ chosen: a, asked: [] })
  })

  test('changes when the first has spent what it had', async () => {
    const owned: Record<string, bigint> = { [a]: ETHER, [b]: ETHER }
    const { responder } = await among([a, b], owned)
    expect(await responder()).toBe(a)
    owned[a] = ETHER / 4n
    expect(await responder()).toBe(b)
  })

  test('is nobody while the node does not say who owns what', async () => {
    const responder = createResponder({ accounts: [a, b], balance: () => Promise.reject(new Error('no answer')) })
    await expect(responder()).rejects.toThrow('no answer')
  })
})
