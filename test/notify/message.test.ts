import { describe, expect, test } from '@jest/globals'
import type { AlarmKind } from '../../src/lib/alarm.ts'
import { advice } from '../../src/notify/advice.ts'
import { overMessage, raisedMessage, sumUp } from '../../src/notify/message.ts'
import { blind, bond } from './messages.ts'

const AT = Date.UTC(2026, 10, 22, 23, 0, 0)

describe('an alarm', () => {
  test.each(Object.keys(advice) as AlarmKind[])(
    'of kind %s says in two lines what happened, what the guard does, until when, and what to do',
    (kind) => {
      const { title, body } = raisedMessage({ ...blind, kind }, AT)
      expect(title).toBe(`Plasma Guard, critical: ${blind.message}`)
      const { does, until, todo } = advice[kind]
      expect(body).toBe(`${does} ${until} ${todo}`)
      for (const sentence of [does, until, todo]) expect(sentence).toMatch(/^[A-Z][^\n]{10,}\.$/)
      expect(`${title}${body}`).not.toContain('\n')
    },
  )

  test('that names a second says it as a time of day', () => {
    const until = BigInt(Date.UTC(2026, 11, 1, 10, 30, 5)) / 1_000n
    const { body } = raisedMessage({ ...blind, until }, AT)
    expect(body).toContain('Something can be done until 2026-12-01T10:30:05Z.')
    expect(body).not.toContain(advice.blind.until)
    expect(raisedMessage({ ...blind, until: 2n ** 200n }, AT).body).toContain(advice.blind.until)
  })

  test('that strangers have a part in neither breaks lines nor goes on for ever', () => {
    const hostile = 'x\r\nBcc: mallory@example.org\u0000\u2028\u202e' + 'y'.repeat(5_000)
    const { title, subject } = raisedMessage({ ...blind, message: hostile, subject: hostile }, AT)
    for (const line of [title, subject]) {
      expect(line).not.toMatch(/[\u0000-\u001f\u2028\u202e]/)
      expect(line.length).toBeLessThanOrEqual(600)
    }
    expect(title).toContain('x Bcc: mallory@example.org')
  })

  test('that is over says so, and for how long it was not', () => {
    const { state, title, body } = overMessage(raisedMessage(blind, AT), AT + 60_000)
    expect(state).toBe('over')
    expect(title).toBe(`Plasma Guard, over: ${blind.message}`)
    expect(body).toContain('from 2026-11-22T23:00:00Z to 2026-11-22T23:01:00Z')
  })
})

test('many messages become one that counts them', () => {
  const first = raisedMessage(blind, AT)
  const more = Array.from({ length: 37 }, (_, n) => raisedMessage({ ...bond, message: `Bond ${n}.` }, AT))
  const sum = sumUp([first, ...more])
  expect(sum.title).toBe(`${first.title} And 37 more.`)
  expect(sum.level).toBe('critical')
  expect(sum.body.split('\n')).toEqual([
    first.body,
    'And 37 more:',
    ...Array.from({ length: 10 }, (_, n) => `- Plasma Guard, info: Bond ${n}.`),
    '- …',
  ])
  expect(sumUp([first])).toEqual(first)
})
