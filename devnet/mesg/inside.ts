import { EngineRefusal, type Held } from './chain.ts'
import type { Engine } from './engine.ts'
import type { createRegistry } from './registry.ts'
import type { Listener } from './server.ts'
import type { Struct } from './wire.ts'

/** What the services of a double work with. */
export type Inside = {
  engine: Engine
  registry: ReturnType<typeof createRegistry>
  runnerHash: Uint8Array
  instanceHash: Uint8Array
  listen: (wants: (execution: Held) => boolean, listener: Listener) => void
  emit: (key: string, data?: Struct) => Uint8Array
  /** An execution as it is sent. */
  wire: (execution: Held) => object
}

export function checkHash(hash: unknown): Uint8Array {
  if (!(hash instanceof Uint8Array) || hash.length !== 32) throw new EngineRefusal('hash: invalid size')
  return hash
}

export function findExecution({ engine }: Inside, hash: unknown): Held {
  const found = engine.executions().find((each) => Buffer.compare(each.hash, checkHash(hash)) === 0)
  if (!found) throw new EngineRefusal('execution not found')
  return found
}
