import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createEnds } from '../../devnet/drill/ends.ts'
import type { Shown } from '../../devnet/mesg/chain.ts'
import type { TaskFunction } from '../../src/engine/engine.ts'
import { anEngine, graphOf } from '../engine/bakery.ts'
import { bakeryEngine, serveBakery } from '../support/mesg-service.ts'
import { type Case, cases } from './conformance-cases.ts'

let ends = createEnds()
beforeEach(() => {
  ends = createEnds()
})
afterEach(async () => {
  await ends.run()
})

type Seen = { process: string; nodeKey: string; taskKey: string; inputs: unknown; outputs?: unknown; error?: string }

/** One line an execution; the fields of objects in the order of their names. */
function asLine({ process, nodeKey, taskKey, inputs, outputs, error }: Seen): string {
  const end = error === undefined ? sorted(outputs) : `failed: ${error}`
  return `${process} ${nodeKey} ${taskKey} ${sorted(inputs)} -> ${end}`
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([left], [right]) => (left < right ? -1 : 1)))
      : each,
  )
}

const tasksOf = (each: Case) => each.tasks as Record<string, TaskFunction> | undefined
const inOrder = (lines: readonly string[]) => [...lines].sort()

describe('the embedded engine', () => {
  test.each(cases)('$what', async (each) => {
    const tasks = tasksOf(each)
    const graphs = each.processes.map((steps, at) => graphOf(steps, `p${at}`))
    const { engine, executions } = anEngine(graphs, tasks && { tasks })
    await Promise.all(each.events.map((data) => engine.emit({ key: 'ordered', data })))
    const ended = executions.filter(({ status }) => status !== 'in_progress') as Seen[]
    expect(inOrder(ended.map(asLine))).toEqual(inOrder(each.executions))
  })
})

describe.each(['a', 'b'] as const)('a service of an engine of generation %s', (generation) => {
  test.each(cases)('$what', async (each) => {
    const tasks = tasksOf(each)
    const engine = await bakeryEngine(ends, generation, each.processes)
    const service = serveBakery(ends, engine, tasks && { tasks })
    await Promise.all(each.events.map((data) => service.emit({ key: 'ordered', data })))
    await engine.untilIdle()
    const seen: readonly Shown[] = engine.executions()
    expect(inOrder(seen.map(asLine))).toEqual(inOrder(each.executions))
    const runs = service.calls.map(({ task, inputs }) => `${task} ${sorted(inputs)}`)
    expect(inOrder(runs)).toEqual(inOrder(seen.map(({ taskKey, inputs }) => `${taskKey} ${sorted(inputs)}`)))
  })
})
