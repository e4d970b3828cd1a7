import { createRequire } from 'node:module'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createEnds } from '../../devnet/drill/ends.ts'
import { type EngineDouble, startEngineDouble } from '../../devnet/mesg/double.ts'
import { readDeclaration } from '../../devnet/mesg/declaration.ts'
import type { Struct } from '../../devnet/mesg/wire.ts'
import { wireProcess } from '../../devnet/mesg/wire-process.ts'
import { bakeryText, graphOf } from '../engine/bakery.ts'
import { serveBakery } from '../support/mesg-service.ts'

// `@mesg/api` is CommonJS of 2020 whose types do not fit today's module resolution: what is used of it is said here.
type Execution = { hash: Uint8Array; taskKey: string; status: number; inputs: Struct; outputs: Struct; error?: string }
type Channel = { _client: { close: () => void } }
type Api = {
  event: Channel & { create: (request: object) => Promise<{ hash: Uint8Array }> }
  process: Channel & {
    create: (request: object) => Promise<{ hash: Uint8Array }>
    list: (request: object) => Promise<{ processes: object[] }>
  }
  execution: Channel & {
    create: (request: object) => Promise<{ hash: Uint8Array }>
    get: (request: object) => Promise<Execution>
    update: (request: object) => Promise<object>
    stream: (request: object) => NodeJS.EventEmitter & { cancel: () => void }
  }
}
const require = createRequire(import.meta.url)
// Its default export is lost at run time.
const PublishedApi = require('@mesg/api') as new (endpoint: string) => Api
const { encode, decode } = require('@mesg/api/lib/util/encoder') as {
  encode: (data: object) => Struct
  decode: (data: Struct) => Record<string, unknown>
}
const { checkStreamReady } = require('@mesg/api/lib/util/grpc') as { checkStreamReady: (metadata: unknown) => unknown }

const bake = '{ key: bake, type: task, taskKey: bake, inputs: { id: { key: id } } }'
const sell = '{ key: sell, type: task, taskKey: sell, inputs: { id: { key: id } } }'
const [IN_PROGRESS, COMPLETED] = [2, 3]

let ends = createEnds()
let engine: EngineDouble
let api: Api
beforeEach(async () => {
  ends = createEnds()
  engine = await startEngineDouble({ generation: 'a', declaration: readDeclaration(bakeryText) })
  ends.add('engine', engine.close)
  api = new PublishedApi(engine.endpoint)
  ends.add('client', () => {
    for (const { _client } of Object.values(api)) _client.close()
  })
})
afterEach(async () => {
  await ends.run()
})

/** Listens until the engine has said that nothing will be missed. */
async function listen(filter: object, hear: (execution: Execution) => void): Promise<void> {
  const stream = api.execution.stream({ filter })
  stream.on('error', () => undefined)
  stream.on('data', hear)
  ends.add('stream', () => {
    stream.cancel()
  })
  await new Promise<void>((resolve, reject) => {
    stream.once('metadata', (metadata) => {
      const problem = checkStreamReady(metadata)
      if (problem instanceof Error) reject(problem)
      else resolve()
    })
  })
}

test('the published client creates a process, emits its event and hears what our service has done', async () => {
  const service = serveBakery(ends, engine)
  const { instanceHash, runnerHash } = engine
  await api.process.create(wireProcess(graphOf([bake, sell], 'sale'), instanceHash))
  expect((await api.process.list({})).processes).toMatchObject([{ name: 'sale' }])
  const heard: unknown[] = []
  await listen({ statuses: [COMPLETED] }, ({ taskKey, outputs }) => heard.push([taskKey, decode(outputs)]))
  await service.emit({ key: 'ordered', data: { id: '1', kind: 'rye', count: 1 } })
  await engine.untilIdle()
  const data = encode({ id: '2', kind: 'rye', count: 1 })
  expect((await api.event.create({ instanceHash, key: 'ordered', data })).hash).toHaveLength(32)
  await engine.untilIdle()
  const inputs = encode({ id: '3' })
  const { hash } = await api.execution.create({ taskKey: 'sell', inputs, executorHash: runnerHash })
  await engine.untilIdle()
  const loaf = { name: 'rye', slices: [10, 20] }
  expect(heard).toEqual([
    ['bake', { id: '1', loaf }],
    ['sell', { id: '1', receipt: 'paid' }],
    ['bake', { id: '2', loaf }],
    ['sell', { id: '2', receipt: 'paid' }],
    ['sell', { id: '3', receipt: 'paid' }],
  ])
  expect(await api.execution.get({ hash })).toMatchObject({ status: COMPLETED, taskKey: 'sell' })
})

test('the published client serves the double as the original library would', async () => {
  engine.addProcess(wireProcess(graphOf([bake, sell], 'sale'), engine.instanceHash))
  const { instanceHash, runnerHash } = engine
  await listen({ statuses: [IN_PROGRESS], executorHash: runnerHash }, ({ hash, taskKey, inputs }) => {
    const { id } = decode(inputs)
    if (taskKey === 'bake') {
      void api.execution.update({ hash, outputs: encode({ id, loaf: { name: 'oat', slices: [] } }) })
      return
    }
    void api.execution.update({ hash, error: 'no change' })
  })
  await api.event.create({ instanceHash, key: 'ordered', data: encode({ id: '1', kind: 'oat', count: 1 }) })
  await engine.untilIdle()
  expect(engine.executions()).toMatchObject([
    { taskKey: 'bake', status: 'completed', outputs: { id: '1', loaf: { name: 'oat', slices: [] } } },
    { taskKey: 'sell', status: 'failed', error: 'no change' },
  ])
})

test('the double refuses what engines refuse: hashes that are none, results of nothing, results that come twice', async () => {
  const inputs = encode({ id: '3' })
  const { hash } = await api.execution.create({ taskKey: 'sell', inputs })
  await expect(api.execution.update({ hash: hash.slice(1), error: 'x' })).rejects.toThrow('hash')
  await expect(api.execution.update({ hash })).rejects.toThrow('no execution result supplied')
  await api.execution.update({ hash, error: 'x' })
  await expect(api.execution.update({ hash, error: 'x' })).rejects.toThrow('InProgress')
  expect(engine.isPoisoned()).toBe(true)
})
