import type { Hex } from '../lib/bytes.ts'
import { contentHash } from './content-hash.ts'
import type { JsonObject } from './json.ts'

/** What makes two executions the same one. */
export type ExecutionContent = {
  /** Content hash of the process graph. */
  processHash: Hex
  nodeKey: string
  taskKey: string
  inputs: JsonObject
  /** The event that everything began with. */
  event: { key: string; hash: Hex }
  /** The execution that this one follows; none when it follows the event itself. */
  parent?: Hex
}

/** One call of a task, from the moment it is asked for. A value that a journal may keep. */
export type Execution = ExecutionContent & {
  hash: Hex
  /** The name of the process, for people. */
  process: string
} & ({ status: 'in_progress' } | { status: 'completed'; outputs: JsonObject } | { status: 'failed'; error: string })

/** The same process, node, inputs and cause give the same hash, today and after a restart. */
export function executionHash({ event, parent, ...content }: ExecutionContent): Promise<Hex> {
  return contentHash({ ...content, cause: parent ?? event.hash })
}

/** One event payload has one hash, for ever: who wants the same thing done again must say something new. */
export function eventHash({ key, data }: { key: string; data: JsonObject }): Promise<Hex> {
  return contentHash({ key, data })
}
