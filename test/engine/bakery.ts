import { compileProcess } from '../../src/engine/compile.ts'
import { createEngine } from '../../src/engine/engine.ts'
import type { EngineParts, TaskFunction } from '../../src/engine/engine.ts'
import type { Execution } from '../../src/engine/execution.ts'
import type { Graph } from '../../src/engine/graph.ts'
import type { JsonObject } from '../../src/engine/json.ts'
import { parseProcess } from '../../src/engine/process-definition.ts'
import { parseService } from '../../src/engine/service.ts'
import type { Logger } from '../../src/lib/logger.ts'

/** A service that knows no plasma: orders come in, loaves are baked and sold. */
export const bakeryText = `
name: Bakery
events:
  ordered:
    data:
      id: { type: String }
      kind: { type: String }
      count: { type: Number }
      note: { type: String, optional: true }
      tags: { type: String, repeated: true, optional: true }
      extra: { type: Any, optional: true }
      box: { type: Object, optional: true, object: { lid: { type: Boolean } } }
  closed: {}
tasks:
  bake:
    inputs: { id: { type: String }, grams: { type: Number, optional: true } }
    outputs:
      id: { type: String }
      loaf: { type: Object, object: { name: { type: String }, slices: { type: Number, repeated: true } } }
      note: { type: String, optional: true }
  sell:
    inputs: { id: { type: String }, price: { type: Number, optional: true } }
    outputs: { id: { type: String }, receipt: { type: String } }
  tell:
    inputs: { anything: { type: Any, optional: true } }
    outputs: {}
`
export const bakery = parseService('mesg.yml', bakeryText)

/** Fills in the instance that every trigger and task needs, and a trigger on `ordered` unless the steps bring one. */
export function processOf(steps: readonly string[], name = 'test'): string {
  const all = steps.some((step) => step.includes('type: trigger'))
    ? steps
    : ['{ key: order, type: trigger, eventKey: ordered }', ...steps]
  const lines = all.map((step) =>
    step.includes('type: filter') || step.includes('instance') ? step : step.replace('{', '{ instance: { src: ./ },'),
  )
  return `name: ${name}\nsteps:\n${lines.map((line) => `  - ${line}\n`).join('')}`
}

export function graphOf(steps: readonly string[], name?: string): Graph {
  return compileProcess(parseProcess('test.yml', processOf(steps, name), {}))
}

/** Task functions of an honest baker. */
export const bakers: Record<string, TaskFunction> = {
  bake: async ({ id }) => ({ id: id ?? '', loaf: { name: 'rye', slices: [10, 20] } }),
  sell: async ({ id }) => ({ id: id ?? '', receipt: 'paid' }),
  tell: async () => ({}),
}

type Line = { level: string; sentence: string; facts: Record<string, unknown> }

/** An engine over the bakery, with what it called, recorded and said. */
export function anEngine(processes: readonly Graph[], parts: Partial<EngineParts> = {}) {
  const calls: { task: string; inputs: unknown }[] = []
  const executions: Execution[] = []
  const said: Line[] = []
  const say = (level: string) => (facts: Record<string, unknown>, sentence: string) => {
    said.push({ level, sentence, facts })
  }
  const log: Logger = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') }
  const tasks = Object.fromEntries(
    Object.entries({ ...bakers, ...parts.tasks }).map(([task, run]): [string, TaskFunction] => [
      task,
      (inputs) => {
        calls.push({ task, inputs: structuredClone(inputs) })
        return run(inputs)
      },
    ]),
  )
  const engine = createEngine({
    service: bakery,
    processes,
    log,
    record: (execution) => {
      executions.push(execution)
    },
    ...parts,
    tasks,
  })
  return {
    engine,
    calls,
    executions,
    said,
    errors: () => said.filter(({ level }) => level === 'error' || level === 'warn'),
  }
}

/** An order for two ryes. Takes what an engine must refuse, too. */
export function order(data: Record<string, unknown> = {}): { key: string; data: JsonObject } {
  return { key: 'ordered', data: { id: '7', kind: 'rye', count: 2, ...data } }
}
