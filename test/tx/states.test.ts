import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Address, Timestamp, Wei } from '../../src/plasma/units.ts'
import type { IntentRecord } from '../../src/tx/intent.ts'
import { moved } from '../../src/tx/record.ts'
import { isOver, mayFollow, type State, transitions } from '../../src/tx/states.ts'

const states = Object.keys(transitions) as State[]
const state = fc.constantFrom(...states)

const record = (at: State): IntentRecord => ({
  ...{ key: 'k', purpose: 'p', to: '0x' as Address, data: '0x', value: 0n as Wei, reverts: 0, state: at },
  ...{ createdAt: 0n as Timestamp, updatedAt: 0n as Timestamp },
})

describe('The life of an intent', () => {
  test('begins as planned and as nothing else', () => {
    expect(states.filter((to) => mayFollow(undefined, to))).toEqual(['planned'])
  })

  test('takes only legal steps: any other is thrown, and every legal one is noted', () => {
    fc.assert(
      fc.property(state, state, (from, to) => {
        const step = () => moved(record(from), to, { at: 7n as Timestamp, reason: 'because' })
        if (mayFollow(from, to)) {
          expect(step()).toMatchObject({
            record: { state: to, updatedAt: 7n },
            note: { at: 7n, subject: 'k', what: to },
          })
        } else expect(step).toThrow(RangeError)
      }),
    )
  })

  test('along any legal way, nothing is sent before it was signed, or final before it was mined', () => {
    const walk = fc.array(fc.nat(), { minLength: 1, maxLength: 40 }).map((choices) => {
      const way: State[] = ['planned']
      for (const choice of choices) {
        const next = transitions[way.at(-1) ?? 'planned']
        const to = next[choice % next.length]
        if (to) way.push(to)
      }
      return way
    })
    fc.assert(
      fc.property(walk, (way) => {
        for (const [at, here] of way.entries()) {
          const before = way[at - 1]
          if (here === 'final') expect(before).toBe('mined')
          if (here === 'sent')
            expect(way.slice(0, at)).toEqual(expect.arrayContaining([expect.stringMatching(/signed|mined/)]))
          if (here === 'simulated') expect(before).toBe('planned')
          if (before !== undefined && isOver(before)) expect(here).toBe('planned')
        }
      }),
    )
  })

  test('can end from every state that is not an end, and be asked for again from every end', () => {
    for (const each of states) {
      if (isOver(each)) expect(transitions[each]).toEqual(['planned'])
      else expect(transitions[each]).toEqual(expect.arrayContaining(['done_by_other', 'too_late', 'impossible']))
    }
  })
})
