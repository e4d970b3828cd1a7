import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { packageRoot } from '../../src/config.ts'
import { checkParameters } from '../../src/engine/parameter.ts'
import type { Parameters } from '../../src/engine/parameter.ts'
import { toJsonObject } from '../../src/engine/json.ts'
import { lintService, parseService } from '../../src/engine/service.ts'
import { createAlarms } from '../../src/events/alarm.ts'
import { eventOf } from '../../src/events/event.ts'
import type { GuardEvent } from '../../src/events/event.ts'
import type { Condition, ConditionType } from '../../src/exit-game/condition.ts'
import type { Hex } from '../../src/lib/bytes.ts'
import { nobody } from '../support/alarms.ts'
import { silentLogger } from '../../src/lib/logger.ts'
import type { Address } from '../../src/plasma/units.ts'
import { tasks } from '../../src/tasks/registry.ts'
import { hashOf, invalidExit } from '../support/conditions.ts'
import { memoryJournal } from '../support/journal.ts'
import { aWorld } from '../support/world.ts'

const text = readFileSync(join(packageRoot, 'mesg.yml'), 'utf8')
const service = parseService('mesg.yml', text)

test('is what both generations of engines accept', () => {
  expect(lintService('mesg.yml', text).findings).toEqual([])
  expect(parse(text)).toMatchObject({
    sid: 'plasma-guard',
    name: expect.stringMatching(/^[\x20-\x7e]+$/),
    configuration: { volumes: ['/data'] },
  })
  // Engines start the service without asking for any of them.
  for (const entry of (parse(text) as { configuration: { env: string[] } }).configuration.env) {
    expect(entry).toMatch(/^[A-Z_]+=$/)
  }
})

describe('tasks', () => {
  const { world } = aWorld()

  test('are those that are written', () => {
    expect(Object.keys(service.tasks).sort()).toEqual(tasks.map(({ key }) => key).sort())
  })

  /** What a task says against inputs, by the names of the fields. */
  async function complaints(run: (inputs: unknown) => Promise<unknown>, inputs: unknown): Promise<string[]> {
    const message = await run(inputs).then(
      () => '',
      (error: unknown) => (error as Error).message,
    )
    return [...new Set([...message.matchAll(/→ at (\w+)/g)].map(([, field = '']) => field))].sort()
  }

  test.each(tasks)('$key asks for the inputs that are declared', async ({ key, bind }) => {
    const declared = service.tasks[key]?.inputs ?? {}
    const required = Object.keys(declared).filter((field) => !declared[field]?.optional)
    expect(await complaints(bind(world), {})).toEqual(required.sort())
    // No declared input takes an object: each one that is known is complained of.
    const wrong = Object.fromEntries(Object.keys(declared).map((field) => [field, {}]))
    expect(await complaints(bind(world), wrong)).toEqual(Object.keys(declared).sort())
  })
})

describe('events', () => {
  const standing = { occurrence: { txHash: hashOf('e'), rank: 0 }, ethHeight: 100n }
  const full = { ...standing, deadline: invalidExit().deadline ?? invalidExit().scheduledFinalizationTime }
  const transaction = { exitId: 7n, txHash: hashOf('a'), txBytes: '0x00' as Hex }
  const piece = { ...transaction, side: 'input' as const, index: 0 }
  const owner = `0x${'3a'.repeat(20)}` as Address
  const { spendingTxHash: _, ...unknownSpend } = invalidExit()
  const conditions: { [Type in ConditionType]: Condition[] } = {
    invalid_exit: [invalidExit(), unknownSpend],
    unchallenged_exit: [invalidExit({ type: 'unchallenged_exit' }), { ...unknownSpend, type: 'unchallenged_exit' }],
    noncanonical_ife: [{ type: 'noncanonical_ife', ...full, ...transaction }],
    unchallenged_noncanonical_ife: [{ type: 'unchallenged_noncanonical_ife', ...full, ...transaction }],
    invalid_ife_challenge: [{ type: 'invalid_ife_challenge', ...full, ...transaction }],
    invalid_piggyback: [{ type: 'invalid_piggyback', ...full, ...piece }],
    unchallenged_piggyback: [{ type: 'unchallenged_piggyback', ...full, ...piece }],
    piggyback_available: [{ type: 'piggyback_available', ...full, ...piece, owner }],
    invalid_block: [{ type: 'invalid_block', ...full, blknum: 1000n, hash: hashOf('b'), errorType: 'amounts' }],
    block_withholding: [{ type: 'block_withholding', ...full, blknum: 1000n, hash: hashOf('b') }],
    exit_processable: [
      { type: 'exit_processable', ...standing, exitId: 7n, vaultId: 1n, token: owner, payees: [owner] },
    ],
    bond_recoverable: [{ type: 'bond_recoverable', ...standing, exitId: 7n, txHash: hashOf('a'), payees: [owner] }],
  }

  test('are those that the guard emits', () => {
    expect(Object.keys(service.events).sort()).toEqual([...Object.keys(conditions), 'alarm'].sort())
  })

  test.each(Object.values(conditions).flat())('$type carries what is declared', (condition) => {
    expectDeclared(eventOf(condition, 1))
  })

  test.each(Object.values(conditions).flatMap(([most]) => most ?? []))(
    'no field of $type is declared in vain',
    (most) => {
      const declared = service.events[most.type]?.data ?? {}
      const missing = Object.keys(declared).filter((field) => !Object.hasOwn(eventOf(most, 1).data, field))
      // Nothing runs out for these two.
      const expected = most.type === 'exit_processable' || most.type === 'bond_recoverable' ? ['deadline'] : []
      expect(missing).toEqual(expected)
    },
  )

  test('alarm carries what is declared', async () => {
    const emitted: GuardEvent[] = []
    const emit = async (event: GuardEvent) => void emitted.push(event)
    const { raise } = createAlarms({ journal: memoryJournal(), emit, people: nobody, log: silentLogger })
    const alarm = { kind: 'blind', message: 'The Watcher does not see.', level: 'critical' } as const
    await raise({ ...alarm, subject: 'a' })
    await raise({ ...alarm, subject: 'b', exitId: 7n, blknum: 1000n, occurrence: 'x' })
    expect(emitted).toHaveLength(2)
    emitted.forEach(expectDeclared)
    expect(Object.keys(emitted[1]?.data ?? {}).sort()).toEqual(Object.keys(service.events['alarm']?.data ?? {}).sort())
  })

  function expectDeclared({ key, data }: GuardEvent): void {
    const declared: Parameters = service.events[key]?.data ?? {}
    expect(checkParameters(declared, toJsonObject(data))).toEqual([])
    expect(Object.keys(data).filter((field) => !Object.hasOwn(declared, field))).toEqual([])
  }
})
