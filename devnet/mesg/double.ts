import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Metadata } from '@grpc/grpc-js'
import { formatHash } from '../../src/mesg/base58.ts'
import type { Declaration } from './declaration.ts'
import { createEngine, EngineRefusal, show, type Held, type Result, type Shown } from './engine.ts'
import { publishedService } from './published.ts'
import { createRegistry } from './registry.ts'
import { createServer, type Listener, type Service, type Stream } from './server.ts'
import { Status, type Struct, type WireProcess } from './wire.ts'

export type Generation = 'a' | 'b'

type Options = {
  generation: Generation
  declaration: Declaration
  /** 0: any. */
  port?: number
  /** How long it takes for each step; real engines need seconds. */
  stepMs?: number
  /** Told of every execution when it begins and when it ends. */
  onExecution?: (execution: Shown) => void
}

/** Something that speaks and behaves like a MESG engine which runs one service. */
export type EngineDouble = {
  endpoint: string
  instanceHash: Uint8Array
  runnerHash: Uint8Array
  /** What the engine tells its service by environment variables. */
  variables: Readonly<Record<string, string>>
  addProcess: (process: WireProcess) => void
  /** All executions, in the order in which they were asked for. */
  executions: () => readonly Shown[]
  /** Asks for a task that no process asks for. */
  execute: (taskKey: string, inputs: Struct) => Uint8Array
  /** Hands an execution out again to whoever listens. */
  repeat: (at: number) => void
  /** What it would write into its log. */
  log: readonly string[]
  /** Events that it has taken. */
  events: readonly { key: string; data: Struct }[]
  /** How many listen for executions. */
  listeners: () => number
  isPoisoned: () => boolean
  untilIdle: () => Promise<void>
  down: () => Promise<void>
  /** After {@link EngineDouble.down}: the chain is still there, memory is not. */
  up: () => Promise<void>
  close: () => Promise<void>
}

export async function startEngineDouble(options: Options): Promise<EngineDouble> {
  const { generation, declaration, port = 0, stepMs = 0, onExecution } = options
  const [runnerHash, instanceHash] = [randomBytes(32), randomBytes(32)]
  const listeners = new Set<{ wants: (execution: Held) => boolean; send: (message: object) => void }>()
  const events: { key: string; data: Struct }[] = []
  const wire = (execution: Held) => ({ ...execution, executorHash: runnerHash, instanceHash })
  const send = (execution: Held) => {
    onExecution?.(show(execution))
    for (const listener of listeners) if (listener.wants(execution)) listener.send(wire(execution))
  }
  const engine = createEngine({ generation, declaration, stepMs, onExecution: send })
  const registry = createRegistry()
  const listen = (wants: (execution: Held) => boolean, listener: Listener) => {
    const entry = { wants, send: listener.send }
    listeners.add(entry)
    listener.onEnd(() => listeners.delete(entry))
  }
  const emit = (key: string, data: Struct = {}) => {
    const hash = engine.emit(key, data)
    events.push({ key, data })
    return hash
  }
  const inside: Inside = { engine, runnerHash, instanceHash, registry, listen, emit, wire }
  const server = createServer(() => (generation === 'a' ? servicesOfA(inside) : servicesOfB(inside)))
  await server.up(port)
  const hashes = { MESG_RUNNER_HASH: formatHash(runnerHash), MESG_INSTANCE_HASH: formatHash(instanceHash) }
  return {
    endpoint: server.endpoint(),
    instanceHash,
    runnerHash,
    variables: { MESG_ENDPOINT: server.endpoint(), ...(generation === 'a' ? hashes : registry.variables) },
    addProcess: engine.addProcess,
    executions: () => engine.executions().map(show),
    execute: engine.create,
    repeat: (at) => {
      const execution = engine.executions().at(at)
      if (execution) for (const listener of listeners) listener.send({ ...wire(execution), status: Status.inProgress })
    },
    log: engine.log,
    events,
    listeners: () => listeners.size,
    isPoisoned: engine.isPoisoned,
    untilIdle: async () => {
      while (!engine.isIdle()) await pause(5)
    },
    down: () => {
      engine.restart()
      registry.forget()
      listeners.clear()
      return server.down()
    },
    up: () => server.up(),
    close: server.down,
  }
}

type Inside = {
  engine: ReturnType<typeof createEngine>
  registry: ReturnType<typeof createRegistry>
  runnerHash: Uint8Array
  instanceHash: Uint8Array
  listen: (wants: (execution: Held) => boolean, listener: Listener) => void
  emit: (key: string, data?: Struct) => Uint8Array
  wire: (execution: Held) => object
}

function servicesOfA({ engine, runnerHash, instanceHash, listen, emit, wire }: Inside): Service[] {
  const stream: Stream = (request, _, listener) => {
    const { statuses = [], taskKey, executorHash } = (request['filter'] ?? {}) as Filter
    if (executorHash) checkHash(executorHash)
    const isOurs = !executorHash || Buffer.compare(executorHash, runnerHash) === 0
    const wants = (execution: Held) =>
      isOurs &&
      (statuses.length === 0 || statuses.includes(execution.status)) &&
      (!taskKey || execution.taskKey === taskKey)
    listen(wants, listener)
  }
  const find = (hash: Uint8Array) => {
    const found = engine.executions().find((each) => Buffer.compare(each.hash, checkHash(hash)) === 0)
    if (!found) throw new EngineRefusal('execution not found')
    return wire(found)
  }
  return [
    {
      definition: publishedService('protobuf/api/execution.proto', 'mesg.api.Execution'),
      unary: {
        Create: ({ taskKey, inputs }) => ({ hash: engine.create(String(taskKey), (inputs ?? {}) as Struct) }),
        Get: ({ hash }) => find(hash as Uint8Array),
        List: () => ({ executions: engine.executions().map(wire) }),
        Update: ({ hash, ...result }) => {
          engine.update(checkHash(hash as Uint8Array), result as Result)
          return {}
        },
      },
      streams: { Stream: stream },
    },
    {
      definition: publishedService('protobuf/api/event.proto', 'mesg.api.Event'),
      unary: {
        Create: ({ instanceHash: of, key, data }) => {
          if (Buffer.compare(checkHash(of as Uint8Array), instanceHash) !== 0)
            throw new EngineRefusal('instance not found')
          return { hash: emit(String(key), data as Struct) }
        },
      },
      streams: {},
    },
    {
      definition: publishedService('protobuf/api/process.proto', 'mesg.api.Process'),
      unary: {
        Create: ({ name, nodes, edges }) => ({ hash: engine.addProcess({ name, nodes, edges } as WireProcess) }),
        List: () => ({ processes: engine.processes() }),
      },
      streams: {},
    },
  ]
}

type Filter = { statuses?: number[]; taskKey?: string; executorHash?: Uint8Array }

function servicesOfB({ engine, registry, listen, emit }: Inside): Service[] {
  const checkToken = (metadata: Metadata) => {
    registry.check(metadata.get('mesg_credential_token')[0]?.toString())
  }
  return [
    {
      definition: publishedService('generation-b-register.proto', 'mesg.grpc.orchestrator.Runner'),
      unary: {
        Register: ({ serviceHash, envHash }, metadata) => ({
          token: registry.register(
            { serviceHash: checkHash(serviceHash as Uint8Array), envHash: checkHash(envHash as Uint8Array) },
            metadata.get('mesg_request_signature')[0]?.toString(),
          ),
        }),
      },
      streams: {},
    },
    {
      definition: publishedService('generation-b.proto', 'mesg.grpc.runner.Runner'),
      unary: {
        Result: ({ executionHash, ...result }, metadata) => {
          checkToken(metadata)
          engine.update(checkHash(executionHash as Uint8Array), result as Result)
          return {}
        },
        Event: ({ key, data }, metadata) => {
          checkToken(metadata)
          emit(String(key), data as Struct)
          return {}
        },
      },
      streams: {
        Execution: (_, metadata, listener) => {
          checkToken(metadata)
          listen(({ status }) => status === Status.inProgress, listener)
        },
      },
    },
  ]
}

function checkHash(hash: Uint8Array | undefined): Uint8Array {
  if (hash?.length !== 32) throw new EngineRefusal('hash: invalid size')
  return hash
}
