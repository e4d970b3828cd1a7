import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Execution } from '../../src/engine/execution.ts'
import type { JsonObject } from '../../src/engine/json.ts'
import { anEngine, graphOf, order } from './bakery.ts'

const bake = '{ key: bake, type: task, taskKey: bake, inputs: { id: { key: id } } }'
const sell = '{ key: sell, type: task, taskKey: sell, inputs: { id: { key: id } } }'
const sale = graphOf([bake, sell], 'sale')

describe('an event runs the processes that wait for it', () => {
  test('from the trigger to the last task, each task with what the one before gave', async () => {
    const { engine, calls, executions, errors } = anEngine([sale])
    await engine.emit(order())
    expect(calls).toEqual([
      { task: 'bake', inputs: { id: '7' } },
      { task: 'sell', inputs: { id: '7' } },
    ])
    const [, baked] = executions
    expect(executions).toEqual([
      expect.objectContaining({
        process: 'sale',
        nodeKey: 'bake',
        taskKey: 'bake',
        status: 'in_progress',
        inputs: { id: '7' },
      }),
      expect.objectContaining({
        nodeKey: 'bake',
        status: 'completed',
        outputs: { id: '7', loaf: { name: 'rye', slices: [10, 20] } },
      }),
      expect.objectContaining({ nodeKey: 'sell', status: 'in_progress', parent: baked?.hash }),
      expect.objectContaining({
        nodeKey: 'sell',
        status: 'completed',
        outputs: { id: '7', receipt: 'paid' },
        parent: baked?.hash,
      }),
    ])
    expect(baked).not.toHaveProperty('parent')
    expect(new Set(executions.map(({ event }) => JSON.stringify(event))).size).toBe(1)
    expect(errors()).toEqual([])
  })

  test('every process that waits, and no other', async () => {
    const closing = graphOf(
      ['{ key: t, type: trigger, eventKey: closed }', '{ key: x, type: task, taskKey: tell }'],
      'closing',
    )
    const { engine, calls } = anEngine([sale, graphOf([sell], 'resale'), closing])
    await engine.emit(order())
    expect(calls.map(({ task }) => task).sort()).toEqual(['bake', 'sell', 'sell'])
  })

  test('an event that nobody waits for is no error', async () => {
    const { engine, calls } = anEngine([sale])
    await engine.emit({ key: 'closed', data: {} })
    expect(calls).toEqual([])
  })

  test('undeclared fields of an event are passed on', async () => {
    const { engine, calls } = anEngine([graphOf(['{ key: a, type: task, taskKey: tell }'])])
    await engine.emit(order({ surprise: [1] }))
    expect(calls).toEqual([{ task: 'tell', inputs: { id: '7', kind: 'rye', count: 2, surprise: [1] } }])
  })
})

describe('a process may wait for the result of a task', () => {
  const receipt = graphOf(
    [
      '{ key: sold, type: trigger, taskKey: sell }',
      '{ key: tell, type: task, taskKey: tell, inputs: { anything: { key: receipt } } }',
    ],
    'receipt',
  )

  test('whoever asked for the task', async () => {
    const { engine, calls, executions } = anEngine([sale, receipt])
    await engine.emit(order())
    expect(calls.at(-1)).toEqual({ task: 'tell', inputs: { anything: 'paid' } })
    const sold = executions.find(({ taskKey, status }) => taskKey === 'sell' && status === 'completed')
    expect(executions.at(-1)).toMatchObject({ process: 'receipt', parent: sold?.hash, event: { key: 'ordered' } })
  })

  test('but not for one that failed', async () => {
    const { engine, calls } = anEngine([sale, receipt], {
      tasks: { sell: () => Promise.reject(new Error('no change')) },
    })
    await engine.emit(order())
    expect(calls.map(({ task }) => task)).toEqual(['bake', 'sell'])
  })

  test('and cannot refer to the tasks of the process before', async () => {
    const curious = graphOf([
      '{ key: sold, type: trigger, taskKey: sell }',
      '{ key: bake, type: task, taskKey: bake, inputs: { id: { key: id, stepKey: bake } } }',
    ])
    const { engine, errors } = anEngine([sale, curious])
    await engine.emit(order())
    expect(errors()).toMatchObject([{ sentence: 'step aborted', facts: { reason: "reference's nodeKey not found" } }])
  })
})

describe('one payload is run once, for ever', () => {
  test('also when it is emitted many times at once', async () => {
    const { engine, calls } = anEngine([sale])
    await Promise.all([engine.emit(order()), engine.emit(order()), engine.emit(order())])
    await engine.emit(order())
    expect(calls.map(({ task }) => task)).toEqual(['bake', 'sell'])
  })

  test('whatever the order of its fields', async () => {
    const { engine, calls } = anEngine([sale])
    await engine.emit({ key: 'ordered', data: { id: '7', kind: 'rye', count: 2 } })
    await engine.emit({ key: 'ordered', data: { count: 2, kind: 'rye', id: '7' } })
    expect(calls).toHaveLength(2)
  })

  test('another payload is another run, even when the inputs are the same', async () => {
    const { engine, calls } = anEngine([sale])
    await engine.emit(order())
    await engine.emit(order({ attempt: 2 }))
    expect(calls.map(({ task }) => task)).toEqual(['bake', 'sell', 'bake', 'sell'])
  })

  test('a memory of its own may carry that over a restart', async () => {
    const hashes = new Set<string>()
    const seen = { claim: async (hash: string) => hashes.size !== hashes.add(hash).size }
    const [before, after] = [anEngine([sale], { seen }), anEngine([sale], { seen })]
    await before.engine.emit(order())
    await after.engine.emit(order())
    expect([before.calls.length, after.calls.length]).toEqual([2, 0])
    expect(new Set(before.executions.map(({ hash }) => hash))).toEqual(hashes)
  })

  test('a changed process is another process', async () => {
    const hashes = new Set<string>()
    const seen = { claim: (hash: string) => hashes.size !== hashes.add(hash).size }
    const changed = graphOf(
      [bake, '{ key: sell, type: task, taskKey: sell, inputs: { id: { key: id }, price: 3 } }'],
      'sale',
    )
    const [before, after] = [anEngine([sale], { seen }), anEngine([changed], { seen })]
    await before.engine.emit(order())
    await after.engine.emit(order())
    expect(after.calls).toHaveLength(2)
  })
})

describe('events are independent of each other', () => {
  /** Lets a test decide when each loaf is done. */
  function ovens() {
    const doors = new Map<string, () => void>()
    const run = (inputs: JsonObject) =>
      new Promise<JsonObject>((resolve) => {
        const id = inputs['id'] === 'slow' ? 'slow' : 'fast'
        doors.set(id, () => {
          resolve({ id, loaf: { name: 'rye', slices: [] } })
        })
      })
    return { bake: run, open: (id: string) => doors.get(id)?.(), waiting: () => [...doors.keys()] }
  }
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

  test('a task that hangs keeps no other event waiting, and idle waits for all', async () => {
    const { bake: run, open, waiting } = ovens()
    const { engine, calls } = anEngine([sale], { tasks: { bake: run } })
    const slow = engine.emit(order({ id: 'slow' }))
    const fast = engine.emit(order({ id: 'fast' }))
    while (waiting().length < 2) await turn()
    let idle = false
    const drained = engine.idle().then(() => {
      idle = true
    })
    open('fast')
    await fast
    expect(calls.filter(({ task }) => task === 'sell')).toEqual([{ task: 'sell', inputs: { id: 'fast' } }])
    await turn()
    expect(idle).toBe(false)
    open('slow')
    await Promise.all([slow, drained])
    expect(calls).toHaveLength(4)
  })

  test('an engine without work is idle', async () => {
    await anEngine([sale]).engine.idle()
  })

  test('however they interleave, no run is lost and none is doubled', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(5), { maxLength: 12 }), fc.scheduler(), async (ids, scheduler) => {
        const { engine, calls, executions } = anEngine([sale], {
          tasks: {
            bake: (inputs) =>
              scheduler.schedule(Promise.resolve({ id: inputs['id'] ?? '', loaf: { name: '', slices: [] } })),
            sell: (inputs) => scheduler.schedule(Promise.resolve({ id: inputs['id'] ?? '', receipt: '' })),
          },
        })
        const emitted = ids.map((id) => engine.emit(order({ id: String(id) })))
        await scheduler.waitFor(Promise.all(emitted))
        const distinct = [...new Set(ids.map(String))].sort()
        const soldIds = (task: string) =>
          calls
            .filter((each) => each.task === task)
            .map(({ inputs }) => (inputs as JsonObject)['id'])
            .sort()
        expect([soldIds('bake'), soldIds('sell')]).toEqual([distinct, distinct])
        const ended = executions.filter(({ status }) => status === 'completed')
        expect(ended).toHaveLength(2 * distinct.length)
        expect(new Set(ended.map(({ hash }: Execution) => hash)).size).toBe(ended.length)
      }),
      { numRuns: 40 },
    )
  })
})
