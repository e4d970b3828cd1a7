import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { packageRoot } from '../../src/config.ts'
import { compileProcess } from '../../src/engine/compile.ts'
import { createEngine } from '../../src/engine/engine.ts'
import type { TaskFunction } from '../../src/engine/engine.ts'
import type { Execution } from '../../src/engine/execution.ts'
import type { JsonObject, JsonValue } from '../../src/engine/json.ts'
import { lintFiles } from '../../src/engine/lint.ts'
import type { Parameter, Parameters } from '../../src/engine/parameter.ts'
import { parseProcess } from '../../src/engine/process-definition.ts'
import { parseService } from '../../src/engine/service.ts'
import { silentLogger } from '../../src/lib/logger.ts'

const service = parseService('mesg.yml', readFileSync(join(packageRoot, 'mesg.yml'), 'utf8'))
const folder = join(packageRoot, 'processes')
const files = readdirSync(folder).map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }))
const graphs = files.map(({ file, text }) => compileProcess(parseProcess(file, text, {})))

/** Event, the tasks that answer it in order, and what tells two processes of one event apart. */
const answers: [file: string, event: string, data: JsonObject, tasks: string[]][] = [
  ['invalid-exit', 'invalid_exit', {}, ['getChallengeData', 'challengeStandardExit']],
  ['noncanonical-ife', 'noncanonical_ife', {}, ['getCompetitor', 'challengeInFlightExitNotCanonical']],
  ['invalid-ife-challenge', 'invalid_ife_challenge', {}, ['proveCanonical', 'respondToNonCanonicalChallenge']],
  [
    'invalid-piggyback-on-input',
    'invalid_piggyback',
    { side: 'input' },
    ['getInputChallengeData', 'challengeInFlightExitInputSpent'],
  ],
  [
    'invalid-piggyback-on-output',
    'invalid_piggyback',
    { side: 'output' },
    ['getOutputChallengeData', 'challengeInFlightExitOutputSpent'],
  ],
  ['piggyback-available-on-input', 'piggyback_available', { side: 'input' }, ['piggybackInFlightExitOnInput']],
  ['piggyback-available-on-output', 'piggyback_available', { side: 'output' }, ['piggybackInFlightExitOnOutput']],
  ['exit-processable', 'exit_processable', {}, ['processExits']],
  ['bond-recoverable', 'bond_recoverable', {}, ['deleteNonPiggybackedInFlightExit']],
  ...[
    'unchallenged_exit',
    'unchallenged_noncanonical_ife',
    'unchallenged_piggyback',
    'invalid_block',
    'block_withholding',
  ].map((event): [string, string, JsonObject, string[]] => [
    event.replaceAll('_', '-'),
    event,
    {},
    ['getExitPlan', 'startInFlightExit', 'startStandardExit'],
  ]),
]

/** Data with every required field and no optional one, each text telling where it came from. */
function sample(parameters: Parameters, origin: string): JsonObject {
  const required = Object.entries(parameters).filter(([, { optional }]) => !optional)
  return Object.fromEntries(required.map(([key, parameter]) => [key, sampleOf(parameter, `${origin}.${key}`)]))
}

function sampleOf(parameter: Parameter, origin: string): JsonValue {
  if (parameter.repeated) return [sampleOf({ ...parameter, repeated: false }, origin)]
  if (parameter.type === 'Number') return origin.length
  if (parameter.type === 'Boolean') return true
  return parameter.type === 'Object' ? sample(parameter.object ?? {}, origin) : origin
}

describe('the process files', () => {
  test('have nothing that keeps them from running alike on every MESG engine', () => {
    expect(lintFiles(files, service)).toEqual([])
  })

  test('are the ones that there should be, each named as its process', () => {
    expect(files.map(({ file }) => file).sort()).toEqual(answers.map(([name]) => `${name}.yml`).sort())
    expect(graphs.map(({ name }) => `${name}.yml`)).toEqual(files.map(({ file }) => file))
  })

  test('answer every event but the alarm, and use every task', () => {
    expect([...new Set([...answers.map(([, event]) => event), 'alarm'])].sort()).toEqual(
      Object.keys(service.events).sort(),
    )
    expect([...new Set(answers.flatMap(([, , , tasks]) => tasks))].sort()).toEqual(Object.keys(service.tasks).sort())
  })

  test('run on one service, started once, with the variables that mesg.yml names', () => {
    const entry = /^ {8}- (\w+)=\$\(env:(\w+)\)$/gm
    const variables = files.map(({ text }) => [...text.matchAll(entry)].map(([, name, variable]) => [name, variable]))
    const declared = ['PROVIDER_ENDPOINT', 'PLASMA_ADDRESS', 'WATCHER_URL', 'CHILDCHAIN_URL', 'PRIVATE_KEY']
    expect(variables).toEqual(files.map(() => declared.map((name) => [name, name])))
    expect(files.filter(({ text }) => text.includes('src: ../'))).toHaveLength(files.length)
  })
})

describe('an event is answered from its required fields alone', () => {
  test.each(answers)('%s', async (...[name, event, data, tasks]) => {
    const executions: Execution[] = []
    const run =
      (key: string): TaskFunction =>
      () =>
        Promise.resolve(sample(service.tasks[key]?.outputs ?? {}, key))
    const engine = createEngine({
      service,
      processes: graphs,
      tasks: Object.fromEntries(Object.keys(service.tasks).map((key) => [key, run(key)])),
      log: silentLogger,
      record: (execution) => {
        if (execution.status !== 'in_progress') executions.push(execution)
      },
    })
    await engine.emit({ key: event, data: { ...sample(service.events[event]?.data ?? {}, event), ...data } })
    expect(executions.map(({ process, taskKey, status }) => [process, taskKey, status])).toEqual(
      tasks.map((task) => [name, task, 'completed']),
    )
    // No field is taken from another one of a different name, but for an index and for the cause.
    for (const { inputs } of executions) {
      for (const [key, value] of Object.entries(inputs)) {
        if (typeof value === 'string' && key !== 'cause') expect(value.endsWith(`.${key}`)).toBe(true)
      }
    }
  })
})

test('what mesg.yml says of itself: every field is described, and no number could be rounded', () => {
  const fields = [
    ...Object.values(service.events).map(({ data }) => data),
    ...Object.values(service.tasks).flatMap(({ inputs, outputs }) => [inputs, outputs]),
  ].flatMap(flat)
  expect(fields.filter(({ parameter }) => !parameter.description)).toEqual([])
  const numbers = new Set(fields.filter(({ parameter }) => parameter.type === 'Number').map(({ key }) => key))
  expect(
    [...numbers].filter((key) => !/(^|_)index$|^attempt$|^eth_height$|^piggyback_(in|out)puts$/.test(key)),
  ).toEqual([])
})

function flat(parameters: Parameters): { key: string; parameter: Parameter }[] {
  return Object.entries(parameters).flatMap(([key, parameter]) => [{ key, parameter }, ...flat(parameter.object ?? {})])
}

test('every event carries its occurrence, attempt and, but for the alarm, its height', () => {
  for (const [key, { data }] of Object.entries(service.events)) {
    expect(data).toMatchObject({ occurrence: { type: 'String' }, attempt: { type: 'Number' } })
    if (key !== 'alarm') expect(data).toMatchObject({ eth_height: { type: 'Number' } })
    expect(data['deadline']?.optional ?? true).toBe(true)
  }
})
