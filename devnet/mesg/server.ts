import { Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js'
import type {
  sendUnaryData,
  ServerUnaryCall,
  ServerWritableStream,
  ServiceDefinition,
  UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { EngineRefusal } from './chain.ts'

type Given = Record<string, unknown>
type Unary = (request: Given, metadata: Metadata) => object
/** Sends until the stream ends; whoever stops listening is told by `onEnd`. */
export type Stream = (request: Given, metadata: Metadata, listener: Listener) => void
export type Listener = { send: (message: object) => void; onEnd: (ended: () => void) => void }

export type Service = { definition: ServiceDefinition; unary: Record<string, Unary>; streams: Record<string, Stream> }

/** A gRPC server that can be ended and begun again at the same port. */
export function createServer(services: () => readonly Service[]) {
  let server: Server | undefined
  let port = 0
  return {
    endpoint: () => `127.0.0.1:${port}`,
    async up(wanted = port): Promise<void> {
      const next = new Server()
      for (const { definition, unary, streams } of services()) next.addService(definition, handlers(unary, streams))
      port = await bind(next, wanted)
      server = next
    },
    /** Everybody who is connected is cut off. */
    down(): Promise<void> {
      const last = server
      server = undefined
      return new Promise((resolve) => {
        if (!last) {
          resolve()
          return
        }
        last.forceShutdown()
        last.tryShutdown(() => {
          resolve()
        })
      })
    },
  }
}

function bind(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error)
      else resolve(bound)
    })
  })
}

function handlers(unary: Record<string, Unary>, streams: Record<string, Stream>): UntypedServiceImplementation {
  const one = Object.entries(unary).map(([name, handle]) => [
    name,
    ({ request, metadata }: ServerUnaryCall<Given, object>, answer: sendUnaryData<object>) => {
      try {
        answer(null, handle(request, metadata))
      } catch (error) {
        answer(fault(error))
      }
    },
  ])
  const many = Object.entries(streams).map(([name, handle]) => [
    name,
    (call: ServerWritableStream<Given, object>) => {
      try {
        handle(call.request, call.metadata, {
          send: (message) => call.write(message),
          onEnd: (ended) => call.on('cancelled', ended),
        })
        const ready = new Metadata()
        ready.set('status', 'ready')
        call.sendMetadata(ready)
      } catch (error) {
        call.emit('error', fault(error))
      }
    },
  ])
  return Object.fromEntries([...one, ...many]) as UntypedServiceImplementation
}

/** Go programs that return plain errors answer so. */
function fault(error: unknown): { code: status; details: string } {
  if (!(error instanceof EngineRefusal)) throw error
  return { code: status.UNKNOWN, details: error.message }
}
