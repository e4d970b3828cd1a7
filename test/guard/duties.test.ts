import { expect, test } from '@jest/globals'
import { identityOf } from '../../src/events/identity.ts'
import { createDuties } from '../../src/guard/duties.ts'
import type { Timestamp } from '../../src/plasma/units.ts'
import { hashOf, invalidExit } from '../support/conditions.ts'
import { memoryJournal } from '../support/journal.ts'

const headAt = (timestamp: bigint) => ({ number: 9n, hash: hashOf('b'), timestamp: timestamp as Timestamp })
const second = (value: bigint) => value as Timestamp

function someDuties() {
  const detected: [string, number][] = []
  const journal = memoryJournal()
  const nothing = () => {}
  const meter = {
    ...{ answered: nothing, paid: nothing, alarmed: nothing, notified: nothing },
    detected: (event: string, seconds: number) => detected.push([event, seconds]),
  }
  return { ...createDuties({ journal, meter }), journal, detected }
}

test('what is seen for the first time is measured once, and never what an earlier run has seen', async () => {
  const { see, detected, journal } = someDuties()
  const [one, other] = [invalidExit({ since: second(100n) }), invalidExit({ exitId: 8n, since: second(90n) })]
  await journal.remember(identityOf(other), { attempt: 1, emittedAt: second(95n), ended: true })
  await see([one, other], headAt(112n))
  await see([one, other], headAt(124n))
  await see([], headAt(136n))
  expect(detected).toEqual([['invalid_exit', 12]])
})

test('each duty tells its state and the time that is left', async () => {
  const { see, list, journal, judged } = someDuties()
  expect([await list(), judged()]).toEqual([[], undefined])
  const exits = [1n, 2n, 3n, 4n].map((exitId) => invalidExit({ exitId, deadline: second(exitId === 4n ? 50n : 500n) }))
  const [, answering, silent] = exits.map(identityOf)
  await journal.remember(answering ?? '', { attempt: 1, emittedAt: second(90n), ended: false })
  const silence = { outcome: 'impossible' as const, reason: '', head: headAt(0n) }
  await journal.remember(silent ?? '', { attempt: 1, emittedAt: second(90n), ended: true, silence })
  await see(exits, headAt(100n))
  expect(await list()).toEqual([
    { event: 'invalid_exit', state: 'waiting', left: 400n },
    { event: 'invalid_exit', state: 'answering', left: 400n },
    { event: 'invalid_exit', state: 'silent' },
    { event: 'invalid_exit', state: 'overdue', left: -50n },
  ])
  expect(judged()).toBe(9n)
})
