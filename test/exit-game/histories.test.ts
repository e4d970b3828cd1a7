import { describe, expect, test } from '@jest/globals'
import { judge } from '../../src/exit-game/judge.ts'
import { statusEvents } from '../../src/exit-game/status-events.ts'
import { activeInFlightExits } from '../../src/exit-game/in-flight-exit-status.ts'
import { loadHistories, type Fields } from '../support/histories.ts'
import { replay, type Scene } from './replay-history.ts'

/** A value as JSON on elixir-omg's wire: numbers for positions and heights, decimal strings for amounts and ids. */
function onWire(value: unknown, key = ''): unknown {
  if (typeof value === 'bigint') return ['amount', 'exit_id'].includes(key) ? String(value) : Number(value)
  if (Array.isArray(value)) return value.map((item) => onWire(item))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, onWire(item, name)]))
}

function asSet(events: readonly unknown[]): string[] {
  return events
    .map((event) =>
      JSON.stringify(
        event,
        Object.keys(event as object)
          .sort((a, b) => (a < b ? -1 : 1))
          .concat(['index', 'address']),
      ),
    )
    .sort()
}

function norm(e: Fields): Fields {
  const { spending_txhash, ...rest } = e
  return rest
}

describe.each(['histories-0.json', 'histories-1.json', 'histories-2.json'])('%s', (name) => {
  test.each(loadHistories(name).map((h) => [h.id, h.tags.join(), h] as const))('%s %s', (_id, _tags, history) => {
    for (const { query, game, evidence, time } of replay(history)) {
      const conditions = judge(game, evidence, time)
      const events = onWire(statusEvents({ conditions, game, time })) as Fields[]
      expect(game.unreadable).toEqual([])
      expect(asSet(events.map(norm))).toEqual(asSet(query.expect.events.map(norm)))
      expect(asSet(onWire(activeInFlightExits({ game, evidence })) as Fields[])).toEqual(
        asSet(query.expect.in_flight_exits),
      )
    }
  })
})
