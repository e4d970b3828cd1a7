import { EngineRefusal, type Held } from './chain.ts'
import type { Inside } from './inside.ts'
import { checkHash, findExecution } from './inside.ts'
import { publishedService } from './published.ts'
import type { Service, Stream } from './server.ts'
import type { Struct, WireProcess } from './wire.ts'

type Filter = { statuses?: number[]; taskKey?: string; executorHash?: Uint8Array }

/** What engines v0.18 to v0.20 serve, as far as a service and a person with processes need it. */
export function servicesOfA(inside: Inside): Service[] {
  return [executionService(inside), eventService(inside), processService(inside)]
}

function executionService(inside: Inside): Service {
  const { engine, wire } = inside
  return {
    definition: publishedService('protobuf/api/execution.proto', 'mesg.api.Execution'),
    unary: {
      Create: ({ taskKey, inputs }) => ({ hash: engine.create(String(taskKey), inputs ?? {}) }),
      Get: ({ hash }) => wire(findExecution(inside, hash)),
      List: () => ({ executions: engine.executions().map(wire) }),
      Update: ({ hash, ...result }) => {
        engine.update(checkHash(hash), result)
        return {}
      },
    },
    streams: { Stream: executionStream(inside) },
  }
}

function executionStream({ runnerHash, listen }: Inside): Stream {
  return (request, _, listener) => {
    const { statuses = [], taskKey = '', executorHash } = (request['filter'] ?? {}) as Filter
    const isOurs = !executorHash || Buffer.compare(checkHash(executorHash), runnerHash) === 0
    const wants = (execution: Held) =>
      isOurs &&
      (statuses.length === 0 || statuses.includes(execution.status)) &&
      (taskKey === '' || execution.taskKey === taskKey)
    listen(wants, listener)
  }
}

function eventService({ emit, instanceHash }: Inside): Service {
  return {
    definition: publishedService('protobuf/api/event.proto', 'mesg.api.Event'),
    unary: {
      Create: ({ instanceHash: emitter, key, data }) => {
        if (Buffer.compare(checkHash(emitter), instanceHash) !== 0) throw new EngineRefusal('instance not found')
        return { hash: emit(String(key), data as Struct) }
      },
    },
    streams: {},
  }
}

function processService({ engine }: Inside): Service {
  return {
    definition: publishedService('protobuf/api/process.proto', 'mesg.api.Process'),
    unary: {
      Create: ({ name, nodes, edges }) => ({ hash: engine.addProcess({ name, nodes, edges } as WireProcess) }),
      List: () => ({ processes: engine.processes() }),
    },
    streams: {},
  }
}
