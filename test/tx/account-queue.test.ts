import { expect, test } from '@jest/globals'
import { setImmediate as turn } from 'node:timers/promises'
import type { Timestamp, Wei } from '../../src/plasma/units.ts'
import { createAccountQueue } from '../../src/tx/account-queue.ts'

test('jobs of one account never overlap and keep their order; a failure stops nobody', async () => {
  const queue = createAccountQueue()
  const log: string[] = []
  const job =
    (name: string, fails = false) =>
    async () => {
      log.push(`${name} starts`)
      await turn()
      await turn()
      log.push(`${name} ends`)
      if (fails) throw new Error(name)
      return name
    }
  const results = await Promise.allSettled([
    queue('alice', job('first')),
    queue('alice', job('second', true)),
    queue('alice', job('third')),
  ])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(log).toEqual(['first starts', 'first ends', 'second starts', 'second ends', 'third starts', 'third ends'])
})

test('one account does not wait for another', async () => {
  const queue = createAccountQueue()
  let release = () => {}
  const held = queue('alice', () => new Promise<void>((resolve) => (release = resolve)))
  expect(await queue('bob', async () => 'done')).toBe('done')
  release()
  await held
})

test('of those that wait the most urgent is next, and one without an urgency before all', async () => {
  const queue = createAccountQueue()
  const order: string[] = []
  const job = (name: string) => async () => {
    order.push(name)
    await turn()
  }
  const deadline = (at: bigint) => ({ deadline: at as Timestamp })
  await Promise.all([
    queue('alice', job('first come'), deadline(900n)),
    queue('alice', job('no deadline'), {}),
    queue('alice', job('later'), deadline(20n)),
    queue('alice', job('soon, little'), { ...deadline(10n), stake: 1n as Wei }),
    queue('alice', job('soon, much'), { ...deadline(10n), stake: 2n as Wei }),
    queue('alice', job('look')),
  ])
  expect(order).toEqual(['first come', 'look', 'soon, much', 'soon, little', 'later', 'no deadline'])
})
