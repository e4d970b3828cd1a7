import { fileURLToPath } from 'node:url'
import { Client, credentials, Metadata, status } from '@grpc/grpc-js'
import type { ServiceError } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import type { MethodDefinition, PackageDefinition } from '@grpc/proto-loader'
import { GuardError } from '../lib/errors.ts'

/** A channel to an engine, and the calls that it takes. Methods are named `package.Service/Method`. */
export type Rpc = {
  /** @throws {@link EngineCallError} */
  call: (method: string, request: object, facts?: Facts) => Promise<unknown>
  /**
   * Resolves when the engine ends the stream, or `signal` aborts.
   *
   * @throws {@link EngineCallError}
   */
  stream: (method: string, request: object, listener: StreamListener) => Promise<void>
  close: () => void
}

type Facts = Readonly<Record<string, string>>
type StreamListener = {
  /** The engine has said that from now on nothing will be missed. */
  ready: () => void
  data: (message: unknown) => void
  signal: AbortSignal
  facts?: Facts
}

/** An engine waits for its chain, up to 20 s. */
const CALL_LIMIT_MS = 30_000
/** Engines refuse to be asked more often than every five minutes whether they are still there. */
const KEEPALIVE_MS = 330_000
/** The list of all executions of a chain comes in one message. */
const MOST_BYTES = 256 * 2 ** 20

const channelOptions = {
  'grpc.keepalive_time_ms': KEEPALIVE_MS,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.max_receive_message_length': MOST_BYTES,
  'grpc.initial_reconnect_backoff_ms': 250,
  'grpc.max_reconnect_backoff_ms': 5_000,
}

/** Opens a channel; it connects when it is first used, and again whenever it has to. Engines speak no TLS. */
export function openRpc(endpoint: string, protoFiles: readonly string[]): Rpc {
  const methods = load(protoFiles)
  const client = new Client(endpoint, credentials.createInsecure(), channelOptions)
  const methodOf = (name: string): MethodDefinition<object, object> => {
    const method = methods.get(name)
    if (!method) throw new Error(`No such method: ${name}`)
    return method
  }
  return {
    call: (name, request, facts = {}) => {
      const { path, requestSerialize, responseDeserialize } = methodOf(name)
      return new Promise((resolve, reject) => {
        const options = { deadline: Date.now() + CALL_LIMIT_MS }
        const metadata = metadataOf(facts)
        client.makeUnaryRequest(
          ...([path, requestSerialize, responseDeserialize, request, metadata, options] as const),
          (error, response) => {
            if (error) reject(new EngineCallError(name, error))
            else resolve(response)
          },
        )
      })
    },
    stream: (name, request, { ready, data, signal, facts = {} }) => {
      const { path, requestSerialize, responseDeserialize } = methodOf(name)
      const args = [path, requestSerialize, responseDeserialize, request, metadataOf(facts)] as const
      const stream = client.makeServerStreamRequest(...args)
      const cancel = () => {
        stream.cancel()
      }
      if (signal.aborted) cancel()
      signal.addEventListener('abort', cancel, { once: true })
      return new Promise<void>((resolve, reject) => {
        stream.on('metadata', ready)
        stream.on('data', data)
        stream.on('end', resolve)
        stream.on('error', (error: ServiceError) => {
          if (signal.aborted) resolve()
          else reject(new EngineCallError(name, error))
        })
      }).finally(() => {
        signal.removeEventListener('abort', cancel)
      })
    },
    close: () => {
      client.close()
    },
  }
}

function load(protoFiles: readonly string[]): Map<string, MethodDefinition<object, object>> {
  const definition: PackageDefinition = loadSync([...protoFiles], {
    includeDirs: [fileURLToPath(new URL('./protos', import.meta.url))],
  })
  const methods = new Map<string, MethodDefinition<object, object>>()
  for (const [service, content] of Object.entries(definition)) {
    if ('format' in content) continue
    for (const [method, one] of Object.entries(content)) methods.set(`${service}/${method}`, one)
  }
  return methods
}

function metadataOf(facts: Facts): Metadata {
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(facts)) metadata.set(name, value)
  return metadata
}

const unreachable: ReadonlySet<status> = new Set([status.UNAVAILABLE, status.DEADLINE_EXCEEDED, status.CANCELLED])

/** A call that an engine did not answer, or refused. */
export class EngineCallError extends GuardError {
  override readonly code = 'ENGINE_CALL'
  override readonly retryable = true
  /** Whether the engine has said no: otherwise nobody knows what became of the call. */
  readonly isRefusal: boolean
  /** What the engine says. */
  readonly details: string

  constructor(method: string, error: ServiceError) {
    super(`${method}: ${status[error.code]}: ${error.details}`, { method, status: status[error.code] })
    this.isRefusal = !unreachable.has(error.code)
    this.details = error.details
  }
}
