import { createHash } from 'node:crypto'
import { complaintAbout, type Declaration } from './declaration.ts'
import type { Ancestor } from './orchestrator.ts'
import { plainStruct, Status, type Struct } from './wire.ts'

/** What makes an execution: asked for twice with the same, it is the same. */
export type Asked = {
  /** Names and hashes are empty where no process asks. */
  process: string
  processHash: string
  nodeKey: string
  taskKey: string
  inputs: Struct
  /** The execution before, or else the hash of the event that began everything. */
  cause: Ancestor | string
}

/** An execution as the chain holds it. */
export type Held = Asked & { hash: Uint8Array; status: number; outputs?: Struct; error?: string }

/** What a person wants to know of an execution. */
export type Shown = {
  process: string
  nodeKey: string
  taskKey: string
  inputs: Record<string, unknown>
  status: 'in_progress' | 'completed' | 'failed'
  outputs?: Record<string, unknown>
  error?: string
}

export type Result = { outputs?: Struct; error?: string }

/** An engine refuses a call; the words are what its caller sees. */
export class EngineRefusal extends Error {}

/** What an engine writes down for good, and how the older generation falls over what it may not write. */
export function createChain(generation: 'a' | 'b', declaration: Declaration) {
  const executions = new Map<string, Held>()
  let isPoisoned = false

  /** Old engines count a transaction that their chain refuses: none of theirs is good after it. */
  function refuse(reason: string): never {
    isPoisoned ||= generation === 'a'
    throw new EngineRefusal(reason)
  }

  function checkPoison(): void {
    if (isPoisoned) throw new EngineRefusal('transaction returned with invalid code 4: signature verification failed')
  }

  const outputsOf = (taskKey: string) => declaration.tasks?.[taskKey]?.outputs

  return {
    open(asked: Asked): Held {
      checkPoison()
      const hash = hashOf(asked)
      if (executions.has(hex(hash))) refuse(`execution "${hex(hash)}" already exists`)
      const task = declaration.tasks?.[asked.taskKey]
      const complaint = task ? complaintAbout(task.inputs, asked.inputs) : `task "${asked.taskKey}" not found`
      if (complaint !== undefined) refuse(complaint)
      const held: Held = { ...asked, hash, status: Status.inProgress }
      executions.set(hex(hash), held)
      return held
    },

    /** Outputs that are not as declared are written down as a failure. */
    close(hash: Uint8Array, { outputs, error }: Result): Held {
      const held = executions.get(hex(hash))
      if (!held) throw new EngineRefusal('execution not found')
      if (outputs === undefined && !error) throw new EngineRefusal('no execution result supplied')
      checkPoison()
      if (held.status !== Status.inProgress) refuse('execution status error: "InProgress" expected')
      const complaint = outputs ? complaintAbout(outputsOf(held.taskKey), outputs) : error
      if (complaint === undefined) return Object.assign(held, { status: Status.completed, ...(outputs && { outputs }) })
      return Object.assign(held, { status: Status.failed, error: complaint })
    },

    executions: (): readonly Held[] => [...executions.values()],
    isPoisoned: () => isPoisoned,
    /** A restart of the engine counts anew. */
    heal: () => {
      isPoisoned = false
    },
  }
}

export function show({ process, nodeKey, taskKey, inputs, status, outputs, error }: Held): Shown {
  const word = status === Status.completed ? 'completed' : status === Status.failed ? 'failed' : 'in_progress'
  return {
    ...{ process, nodeKey, taskKey, inputs: plainStruct(inputs), status: word },
    ...(outputs && { outputs: plainStruct(outputs) }),
    ...(error !== undefined && { error }),
  }
}

function hashOf({ cause, processHash, nodeKey, taskKey, inputs }: Asked): Buffer {
  const before = typeof cause === 'string' ? cause : cause.hash
  return contentHash([before, processHash, nodeKey, taskKey, inputs])
}

/** The order of fields does not count. */
export function contentHash(content: unknown): Buffer {
  const text = JSON.stringify(content, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([left], [right]) => (left < right ? -1 : 1)))
      : each,
  )
  return createHash('sha256').update(text).digest()
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
