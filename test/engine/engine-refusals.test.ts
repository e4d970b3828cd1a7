import { describe, expect, test } from '@jest/globals'
import { InvalidEventError } from '../../src/engine/engine.ts'
import type { JsonObject } from '../../src/engine/json.ts'
import { NotJsonError } from '../../src/engine/json.ts'
import { InvalidProcessError } from '../../src/engine/process-definition.ts'
import { GuardError } from '../../src/lib/errors.ts'
import { anEngine, graphOf, order } from './bakery.ts'

const bake = '{ key: bake, type: task, taskKey: bake, inputs: { id: { key: id } } }'
const sell = '{ key: sell, type: task, taskKey: sell, inputs: { id: { key: id } } }'
const sale = graphOf([bake, sell], 'sale')

describe('an event that its service does not declare so is refused', () => {
  const table: [string, { key: string; data: unknown }, new (...facts: never[]) => Error, string][] = [
    ['an unknown key', { key: 'opened', data: {} }, InvalidEventError, 'the service declares no such event'],
    ['a key of Object.prototype', { key: 'constructor', data: {} }, InvalidEventError, 'no such event'],
    [
      'a missing field',
      { key: 'ordered', data: { id: '7', kind: 'rye' } },
      InvalidEventError,
      'value of "count" is required',
    ],
    ['a number that should be text', order({ id: 7 }), InvalidEventError, 'value of "id" is not a string'],
    ['a bigint', order({ id: 7n }), NotJsonError, 'id cannot cross a process engine: bigint'],
    ['null, even where a field is optional', order({ note: null }), NotJsonError, 'note cannot cross'],
    ['undefined', order({ note: undefined }), NotJsonError, 'note cannot cross'],
    ['no data', { key: 'ordered', data: undefined }, NotJsonError, 'undefined'],
  ]
  test.each(table)('%s', async (...[, event, error, message]) => {
    const { engine, calls } = anEngine([sale])
    const emitted = engine.emit(event as { key: string; data: JsonObject })
    await expect(emitted).rejects.toThrow(error)
    await expect(emitted).rejects.toThrow(message)
    await engine.idle()
    expect(calls).toEqual([])
  })
})

describe('a task that fails ends its branch, without a retry', () => {
  class OvenBrokenError extends GuardError {
    override readonly code = 'OVEN_BROKEN'
  }
  /** An abort throws whatever reason it was given, an error or not. */
  const fail = (reason: unknown) => async () => {
    AbortSignal.abort(reason).throwIfAborted()
    return {}
  }
  const table: [string, () => Promise<unknown>, string][] = [
    ['by throwing', fail(new Error('too hot')), 'too hot'],
    [
      'by a typed error, whose code is kept',
      fail(new OvenBrokenError('The oven is cold.')),
      'OVEN_BROKEN: The oven is cold.',
    ],
    ['by throwing text', fail('too cold'), 'too cold'],
    ['by throwing null', fail(null), 'the task failed without a message'],
    ['by an error without a message', fail(new Error('')), 'the task failed without a message'],
    [
      'by throwing before it waits',
      () => {
        throw new Error('at once')
      },
      'at once',
    ],
    ['by outputs that lack a field', async () => ({ id: '7' }), 'value of "loaf" is required'],
    [
      'by outputs of another type',
      async () => ({ id: 7, loaf: {} }),
      'value of "id" is not a string, value of "loaf" is wrong inside: value of "name" is required',
    ],
    [
      'by a bigint in its outputs',
      async () => ({ id: '7', loaf: { name: '', slices: [1n] } }),
      'NOT_JSON: loaf.slices[0] cannot cross a process engine: bigint.',
    ],
    [
      'by null in its outputs',
      async () => ({ id: '7', loaf: { name: '', slices: [] }, note: null }),
      'NOT_JSON: note cannot cross a process engine: null.',
    ],
    ['by answering nothing', async () => undefined, 'NOT_JSON: The value cannot cross a process engine: undefined.'],
  ]
  test.each(table)('%s', async (_, run, error) => {
    const { engine, calls, executions, errors } = anEngine([sale], {
      tasks: { bake: run as () => Promise<JsonObject> },
    })
    await engine.emit(order())
    expect(calls.map(({ task }) => task)).toEqual(['bake'])
    expect(executions.map(({ status }) => status)).toEqual(['in_progress', 'failed'])
    expect(executions[1]).toMatchObject({ error })
    expect(errors()).toMatchObject([{ sentence: 'execution failed', facts: { taskKey: 'bake', error } }])
  })

  test('and no other process', async () => {
    const { engine, calls } = anEngine([sale, graphOf([sell], 'resale')], { tasks: { bake: fail(new Error('x')) } })
    await engine.emit(order())
    expect(calls.map(({ task }) => task).sort()).toEqual(['bake', 'sell'])
  })

  test('a failed execution is not run again for the same event, but for a new payload', async () => {
    const { engine, calls } = anEngine([sale], { tasks: { bake: fail(new Error('x')) } })
    await engine.emit(order())
    await engine.emit(order())
    expect(calls).toHaveLength(1)
    await engine.emit(order({ attempt: 2 }))
    expect(calls).toHaveLength(2)
  })

  test('a step that cannot be made is aborted and said', async () => {
    const graph = graphOf(['{ key: a, type: task, taskKey: tell, inputs: { anything: { key: note } } }'])
    const { engine, calls, errors } = anEngine([graph])
    await engine.emit(order())
    expect(calls).toEqual([])
    expect(errors()).toEqual([
      {
        level: 'error',
        sentence: 'step aborted',
        facts: { process: 'test', event: 'ordered', nodeKey: 'a-inputs', reason: 'key note not found' },
      },
    ])
  })

  test('inputs that break their declaration make no execution', async () => {
    const graph = graphOf(['{ key: a, type: task, taskKey: bake, inputs: { id: { key: count } } }'])
    const { engine, calls, executions, errors } = anEngine([graph])
    await engine.emit(order())
    expect([calls, executions]).toEqual([[], []])
    expect(errors()).toMatchObject([
      { sentence: 'execution refused', facts: { problems: ['value of "id" is not a string'] } },
    ])
  })
})

describe('what stands around an engine cannot stop it', () => {
  test('a journal that cannot be written is said, and the tasks run', async () => {
    const { engine, calls, errors } = anEngine([sale], { record: () => Promise.reject(new Error('disk full')) })
    await engine.emit(order())
    expect(calls).toHaveLength(2)
    expect(new Set(errors().map(({ sentence }) => sentence))).toEqual(new Set(['execution not recorded']))
  })

  test('a memory that cannot answer is said, and the tasks run', async () => {
    const claim = () => {
      throw new Error('locked')
    }
    const { engine, calls, errors } = anEngine([sale], { seen: { claim } })
    await engine.emit(order())
    expect(calls).toHaveLength(2)
    expect(new Set(errors().map(({ sentence }) => sentence))).toEqual(new Set(['seen executions unknown, running']))
  })

  test('a task cannot change what another process or the journal sees', async () => {
    const spoil = async (inputs: JsonObject) => {
      inputs['id'] = 'spoilt'
      return { id: '7', receipt: 'paid' }
    }
    const { engine, calls, executions } = anEngine(
      [graphOf(['{ key: a, type: task, taskKey: sell }']), graphOf([sell], 'other')],
      {
        tasks: { sell: spoil },
      },
    )
    await engine.emit(order())
    expect(calls.map(({ inputs }) => (inputs as JsonObject)['id'])).toEqual(['7', '7'])
    expect(executions.map(({ inputs }) => inputs['id'])).toEqual(['7', '7', '7', '7'])
  })

  test('nor can the caller, who changes an event while it runs', async () => {
    const { engine, calls } = anEngine([sale])
    const event = order()
    const emitted = engine.emit(event)
    Object.assign(event.data, { id: 'spoilt' })
    await emitted
    expect(calls[0]).toEqual({ task: 'bake', inputs: { id: '7' } })
  })
})

describe('what an engine is made of is checked before anything runs', () => {
  const table: [string, () => unknown, string][] = [
    [
      'an event that does not exist',
      () => anEngine([graphOf(['{ key: t, type: trigger, eventKey: opened }'])]),
      'there is no event "opened"',
    ],
    [
      'a result of no task',
      () => anEngine([graphOf(['{ key: t, type: trigger, taskKey: burn }'])]),
      'there is no task "burn"',
    ],
    [
      'a task that is not declared',
      () => anEngine([graphOf(['{ key: a, type: task, taskKey: burn }'])], { tasks: { burn: async () => ({}) } }),
      'there is no task "burn"',
    ],
    [
      'a task of Object.prototype',
      () => anEngine([graphOf(['{ key: a, type: task, taskKey: toString }'])]),
      'there is no task "toString"',
    ],
    ['a graph that is no tree', () => anEngine([{ ...sale, edges: [] }]), 'is not connected'],
  ]
  test.each(table)('%s', (_, create, message) => {
    expect(create).toThrow(InvalidProcessError)
    expect(create).toThrow(message)
  })
})
