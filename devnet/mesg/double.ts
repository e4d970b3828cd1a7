import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { formatHash } from '../../src/mesg/base58.ts'
import type { Declaration } from './declaration.ts'
import { type Held, show, type Shown } from './chain.ts'
import { createEngine } from './engine.ts'
import type { Inside } from './inside.ts'
import { createRegistry } from './registry.ts'
import { createServer, type Listener } from './server.ts'
import { servicesOfA } from './services-a.ts'
import { servicesOfB } from './services-b.ts'
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
  const wire = ({ hash, taskKey, inputs, status, nodeKey, outputs, error }: Held) => ({
    ...{ hash, taskKey, inputs, status, nodeKey, outputs, error, executorHash: runnerHash, instanceHash },
  })
  const audience = createAudience(wire)
  const events: { key: string; data: Struct }[] = []
  const engine = createEngine({
    ...{ generation, declaration, stepMs },
    onExecution: (execution) => {
      onExecution?.(show(execution))
      audience.tell(execution)
    },
  })
  const emit = (key: string, data: Struct = {}) => {
    const hash = engine.emit(key, data)
    events.push({ key, data })
    return hash
  }
  const registry = createRegistry()
  const inside: Inside = { engine, runnerHash, instanceHash, registry, listen: audience.listen, emit, wire }
  const server = createServer(() => (generation === 'a' ? servicesOfA(inside) : servicesOfB(inside)))
  await server.up(port)
  const hashes = { MESG_RUNNER_HASH: formatHash(runnerHash), MESG_INSTANCE_HASH: formatHash(instanceHash) }
  return {
    ...{ endpoint: server.endpoint(), instanceHash, runnerHash, events, log: engine.log },
    variables: { MESG_ENDPOINT: server.endpoint(), ...(generation === 'a' ? hashes : registry.variables) },
    addProcess: (process) => void engine.addProcess(process),
    executions: () => engine.executions().map(show),
    repeat: (at) => {
      const execution = engine.executions().at(at)
      if (execution) audience.tell({ ...execution, status: Status.inProgress })
    },
    listeners: audience.size,
    isPoisoned: engine.isPoisoned,
    untilIdle: async () => {
      while (!engine.isIdle()) await pause(5)
    },
    down: () => {
      engine.restart()
      registry.forget()
      audience.leave()
      return server.down()
    },
    up: () => server.up(),
    close: () => server.down(),
  }
}

/** Those who listen for executions. */
function createAudience(wire: (execution: Held) => object) {
  const listeners = new Set<{ wants: (execution: Held) => boolean; send: (message: object) => void }>()
  const tell = (execution: Held) => {
    for (const { wants, send } of listeners) if (wants(execution)) send(wire(execution))
  }
  return {
    tell,
    listen: (wants: (execution: Held) => boolean, { send, onEnd }: Listener) => {
      const entry = { wants, send }
      listeners.add(entry)
      onEnd(() => listeners.delete(entry))
    },
    size: () => listeners.size,
    leave: () => {
      listeners.clear()
    },
  }
}
