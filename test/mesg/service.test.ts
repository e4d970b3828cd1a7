import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createEnds } from '../../devnet/drill/ends.ts'
import { bakeryEngine, keepingLog, serveBakery } from '../support/mesg-service.ts'

const bake = '{ key: bake, type: task, taskKey: bake, inputs: { id: { key: id } } }'
const sell = '{ key: sell, type: task, taskKey: sell, inputs: { id: { key: id } } }'
const order = (id: string) => ({ key: 'ordered', data: { id, kind: 'rye', count: 2 } })

let ends = createEnds()
beforeEach(() => {
  ends = createEnds()
})
afterEach(async () => {
  await ends.run()
})

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(5)
}

/** A task that ends when the test says so. */
function heldBack() {
  let release: () => void = () => undefined
  const released = new Promise<void>((resolve) => (release = resolve))
  return { released, release }
}

describe.each(['a', 'b'] as const)('a service of an engine of generation %s', (generation) => {
  const open = (processes: readonly (readonly string[])[] = [[bake, sell]]) => bakeryEngine(ends, generation, processes)

  test('may be started before the engine: events wait for it', async () => {
    const engine = await open()
    await engine.down()
    const { log, says } = keepingLog()
    const service = serveBakery(ends, engine, { log })
    const sent = service.emit(order('1'))
    await until(() => says('engine does not answer').length > 0)
    await engine.up()
    await sent
    await engine.untilIdle()
    expect(service.calls.map(({ task }) => task)).toEqual(['bake', 'sell'])
  })

  test('attaches again to an engine that was restarted, and takes its events and executions as before', async () => {
    const engine = await open()
    const service = serveBakery(ends, engine)
    await service.emit(order('1'))
    await engine.untilIdle()
    for (const id of ['2', '3']) {
      await engine.down()
      await engine.up()
      await service.emit(order(id))
      await engine.untilIdle()
    }
    expect(service.calls).toHaveLength(6)
    expect(engine.executions().every(({ status }) => status === 'completed')).toBe(true)
  })

  test('sends a result that the engine has not taken when it is back', async () => {
    const engine = await open([[sell]])
    const { released, release } = heldBack()
    const sellLate = async () => {
      await released
      return { id: '1', receipt: 'late' }
    }
    const { log, says } = keepingLog()
    const service = serveBakery(ends, engine, { tasks: { sell: sellLate }, log })
    await service.emit(order('1'))
    await until(() => service.calls.length > 0)
    await engine.down()
    release()
    await until(() => says('result not taken by the engine').length > 0)
    await engine.up()
    await engine.untilIdle()
    expect(engine.executions()).toMatchObject([{ status: 'completed', outputs: { receipt: 'late' } }])
    expect(service.calls).toHaveLength(1)
    expect(engine.isPoisoned()).toBe(false)
  })

  test('started anew sends the result that the one before could not send', async () => {
    const engine = await open([[sell]])
    const { released, release } = heldBack()
    const sellLate = async () => {
      await released
      return { id: '1', receipt: 'late' }
    }
    const { log, says } = keepingLog()
    const first = serveBakery(ends, engine, { tasks: { sell: sellLate }, log })
    await first.emit(order('1'))
    await until(() => first.calls.length > 0)
    await engine.down()
    release()
    await until(() => says('result not taken by the engine').length > 0)
    await first.stop()
    await engine.up()
    const second = serveBakery(ends, engine, { database: first.database })
    await engine.untilIdle()
    expect(engine.executions()).toMatchObject([{ status: 'completed', outputs: { receipt: 'late' } }])
    expect(second.calls).toEqual([])
  })

  test('runs an execution once, however often it is handed out', async () => {
    const engine = await open([[sell]])
    const { released, release } = heldBack()
    const sellLate = async () => {
      await released
      return { id: '1', receipt: 'once' }
    }
    const service = serveBakery(ends, engine, { tasks: { sell: sellLate } })
    await service.emit(order('1'))
    await until(() => service.calls.length > 0)
    engine.repeat(0)
    engine.repeat(0)
    release()
    await engine.untilIdle()
    engine.repeat(0)
    await service.emit(order('2'))
    await until(() => service.calls.length > 1)
    await engine.untilIdle()
    expect(service.calls).toHaveLength(2)
    expect(engine.isPoisoned()).toBe(false)
  })

  test('sends one payload once, also when it is started anew', async () => {
    const engine = await open()
    const first = serveBakery(ends, engine)
    await Promise.all([first.emit(order('1')), first.emit(order('1'))])
    await engine.untilIdle()
    await first.stop()
    const second = serveBakery(ends, engine, { database: first.database })
    await second.emit(order('1'))
    await second.emit(order('2'))
    await engine.untilIdle()
    expect(engine.events).toHaveLength(2)
    expect(engine.isPoisoned()).toBe(false)
    expect(engine.executions()).toHaveLength(4)
  })

  test.each([
    [{ key: 'burnt', data: {} }, 'INVALID_EVENT'],
    [{ key: 'ordered', data: { id: 1 } }, 'INVALID_EVENT'],
    [{ key: 'ordered', data: { ...order('1').data, extra: null } }, 'NOT_JSON'],
    [{ key: 'ordered', data: { ...order('1').data, extra: 1n } }, 'NOT_JSON'],
    [{ key: 'ordered', data: { ...order('1').data, extra: undefined } }, 'NOT_JSON'],
  ])('does not send what its declaration does not allow: %#', async (event, code) => {
    const engine = await open()
    const service = serveBakery(ends, engine)
    await expect(service.emit(event as never)).rejects.toMatchObject({ code })
    expect(engine.events).toEqual([])
  })

  test('answers for a task that it does not have', async () => {
    const engine = await open()
    const service = serveBakery(ends, engine, { unwritten: ['bake'] })
    await service.emit(order('1'))
    await engine.untilIdle()
    expect(engine.executions()).toMatchObject([{ status: 'failed', error: 'UNKNOWN_TASK: There is no task bake.' }])
  })

  test('answers for inputs that hold null', async () => {
    const engine = await open([['{ key: tell, type: task, taskKey: tell, inputs: { anything: [null] } }']])
    const service = serveBakery(ends, engine)
    await service.emit(order('1'))
    await engine.untilIdle()
    expect(engine.executions()).toMatchObject([
      { status: 'failed', error: 'NOT_JSON: anything[0] cannot cross a process engine: null.' },
    ])
    expect(service.calls).toEqual([])
  })

  test('told to end finishes what it has begun, and takes nothing new', async () => {
    const engine = await open([[bake, sell]])
    const { released, release } = heldBack()
    const bakeLate = async () => {
      await released
      return { id: '1', loaf: { name: 'rye', slices: [] } }
    }
    const service = serveBakery(ends, engine, { tasks: { bake: bakeLate } })
    await service.emit(order('1'))
    await until(() => service.calls.length > 0)
    const stopped = service.stop()
    release()
    await stopped
    expect(engine.executions()[0]).toMatchObject({ nodeKey: 'bake', status: 'completed' })
    expect(service.calls).toHaveLength(1)
    await expect(service.emit(order('2'))).rejects.toMatchObject({ code: 'ENGINE_GONE' })
  })

  test('told to end waits for no task longer than it may', async () => {
    const engine = await open([[sell]])
    const { log, says } = keepingLog()
    const service = serveBakery(ends, engine, { tasks: { sell: () => new Promise(() => undefined) }, log, drainMs: 50 })
    await service.emit(order('1'))
    await until(() => service.calls.length > 0)
    await service.stop()
    expect(says('executions left unfinished')).toHaveLength(1)
  })

  test('told to end does not report what failed because of that', async () => {
    const engine = await open([[sell]])
    const { released, release } = heldBack()
    const interrupted = async () => {
      await released
      throw new Error('interrupted')
    }
    const service = serveBakery(ends, engine, { tasks: { sell: interrupted } })
    await service.emit(order('1'))
    await until(() => service.calls.length > 0)
    const stopped = service.stop()
    release()
    await stopped
    expect(engine.executions()).toMatchObject([{ status: 'in_progress' }])
  })
})

describe('an engine of generation a', () => {
  test('has its waiting executions done by a service that comes later', async () => {
    const engine = await bakeryEngine(ends, 'a', [[bake, sell]])
    const first = serveBakery(ends, engine, { tasks: { bake: () => new Promise(() => undefined) }, drainMs: 1 })
    await first.emit(order('1'))
    await until(() => first.calls.length > 0)
    await first.stop()
    const second = serveBakery(ends, engine, { database: first.database })
    await until(() => second.calls.length > 1)
    await engine.untilIdle()
    expect(engine.executions()).toMatchObject([{ status: 'completed' }, { status: 'completed' }])
  })

  test('would be dead after one payload too many: the double shows what the service prevents', async () => {
    const engine = await bakeryEngine(ends, 'a', [[sell]])
    const service = serveBakery(ends, engine)
    const another = serveBakery(ends, engine)
    await service.emit(order('1'))
    await engine.untilIdle()
    await another.emit(order('1'))
    await until(() => engine.isPoisoned())
    await service.emit(order('2'))
    await until(() => engine.log.length > 1)
    expect(engine.log.at(-1)).toContain('code 4')
    expect(engine.executions()).toHaveLength(1)
  })
})

describe('an engine of generation b', () => {
  test('does not let in who has no signature of its account', async () => {
    const engine = await bakeryEngine(ends, 'b', [])
    const { log, says } = keepingLog()
    const variables = { ...engine.variables, MESG_REGISTER_SIGNATURE: Buffer.alloc(64, 1).toString('base64') }
    serveBakery(ends, { variables }, { log })
    await until(() => says('engine does not answer').length > 1)
    expect(engine.listeners()).toBe(0)
  })

  test('that has forgotten a token gets a new registration', async () => {
    const engine = await bakeryEngine(ends, 'b', [[sell]])
    const service = serveBakery(ends, engine)
    const rival = serveBakery(ends, engine)
    // Each registration of the one ends the token of the other.
    for (const id of ['1', '2', '3']) {
      await service.emit(order(`s${id}`))
      await rival.emit(order(`r${id}`))
    }
    await engine.untilIdle()
    expect(engine.events).toHaveLength(6)
  })
})
