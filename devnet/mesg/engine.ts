import { createHash, randomBytes } from 'node:crypto'
import { complaintAbout, type Declaration } from './declaration.ts'
import { type Ancestor, type Call, callsAfter, StepError } from './orchestrator.ts'
import { plainStruct, Status, type Struct, type WireNode, type WireProcess } from './wire.ts'

/** An execution as the double's chain holds it. */
export type Held = {
  hash: Uint8Array
  process: string
  nodeKey: string
  taskKey: string
  inputs: Struct
  status: number
  outputs?: Struct
  error?: string
  ancestor: Omit<Ancestor, 'outputs'>
}

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

type Options = {
  generation: 'a' | 'b'
  declaration: Declaration
  /** How long the engine takes from an event, or a result, to the next execution. */
  stepMs: number
  onExecution: (execution: Held) => void
}

export type Engine = ReturnType<typeof createEngine>

/** The chain and the orchestrator of an engine, without its wire. */
export function createEngine({ generation, declaration, stepMs, onExecution }: Options) {
  const processes = new Map<string, WireProcess>()
  const executions = new Map<string, Held>()
  const log: string[] = []
  let pending = 0
  let epoch = 0
  let isPoisoned = false

  /** Old engines count a transaction that their chain refuses: none of theirs is good after it. */
  function refuse(reason: string): never {
    isPoisoned ||= generation === 'a'
    throw new EngineRefusal(reason)
  }

  function checkPoison(): void {
    if (isPoisoned) throw new EngineRefusal('transaction returned with invalid code 4: signature verification failed')
  }

  function execute(walk: { processHash: string; parent: Ancestor | undefined; event: string }, { node, inputs }: Call) {
    const taskKey = node.task?.taskKey ?? ''
    checkPoison()
    const identity = [
      walk.parent ? hashes.get(walk.parent) : walk.event,
      walk.processHash,
      node.key,
      taskKey,
      stable(inputs),
    ]
    const hash = createHash('sha256').update(JSON.stringify(identity)).digest()
    const id = hash.toString('hex')
    if (executions.has(id)) refuse(`execution "${id}" already exists`)
    const task = declaration.tasks?.[taskKey]
    if (!task) refuse(`task "${taskKey}" not found`)
    const complaint = complaintAbout(task.inputs, inputs)
    if (complaint !== undefined) refuse(complaint)
    const { processHash, parent } = walk
    const execution: Held = {
      ...{ hash, taskKey, inputs, nodeKey: node.key, status: Status.inProgress },
      process: processes.get(processHash)?.name ?? '',
      ancestor: { processHash, nodeKey: node.key, parent },
    }
    executions.set(id, execution)
    onExecution(execution)
  }

  /** In memory only: what an engine has not done when it ends it never does. */
  function later(work: () => void): void {
    const mine = epoch
    pending++
    setTimeout(() => {
      pending--
      if (mine === epoch) work()
    }, stepMs)
  }

  function start(
    processHash: string,
    node: WireNode,
    from: { parent: Ancestor | undefined; event: string; data: Struct },
  ) {
    const process = processes.get(processHash)
    if (!process) return
    try {
      const walk = { process, processHash, before: from.parent }
      for (const call of callsAfter(walk, node, { data: from.data, generation })) {
        execute({ processHash, parent: from.parent, event: from.event }, call)
      }
    } catch (error) {
      if (!(error instanceof StepError || error instanceof EngineRefusal)) throw error
      log.push(`${process.name}: ${error.message}`)
    }
  }

  const hashes = new WeakMap<Ancestor, string>()

  function completed(execution: Held, outputs: Struct): void {
    const parent: Ancestor = { ...execution.ancestor, outputs }
    hashes.set(parent, Buffer.from(execution.hash).toString('hex'))
    for (const [hash, process] of processes) {
      for (const node of process.nodes) {
        const isNext = hash === parent.processHash && node.key === execution.nodeKey && node.task
        if (isNext || node.result?.taskKey === execution.taskKey)
          start(hash, node, { parent, event: '', data: outputs })
      }
    }
  }

  return {
    addProcess(process: WireProcess): Uint8Array {
      const hash = createHash('sha256').update(JSON.stringify(process)).digest()
      if (processes.has(hash.toString('hex'))) throw new EngineRefusal('process already exists')
      processes.set(hash.toString('hex'), process)
      return hash
    },

    emit(key: string, data: Struct): Uint8Array {
      const event = declaration.events?.[key]
      if (!event) throw new EngineRefusal(`event "${key}" not found`)
      const complaint = complaintAbout(event.data, data)
      if (complaint !== undefined) throw new EngineRefusal(complaint)
      const hash = createHash('sha256')
        .update(JSON.stringify([key, stable(data)]))
        .digest()
      later(() => {
        for (const [id, process] of processes) {
          for (const node of process.nodes) {
            const from = { parent: undefined, event: hash.toString('hex'), data }
            if (node.event?.eventKey === key) start(id, node, from)
          }
        }
      })
      return hash
    },

    /** An execution that no process asks for. */
    create(taskKey: string, inputs: Struct): Uint8Array {
      const event = randomBytes(32).toString('hex')
      execute(
        { processHash: '', parent: undefined, event },
        { node: { key: '', task: { taskKey, instanceHash: event32 } }, inputs },
      )
      return [...executions.values()].at(-1)?.hash ?? event32
    },

    update(hash: Uint8Array, { outputs, error }: Result): void {
      const execution = executions.get(Buffer.from(hash).toString('hex'))
      if (!execution) throw new EngineRefusal('execution not found')
      if (outputs === undefined && !error) throw new EngineRefusal('no execution result supplied')
      checkPoison()
      if (execution.status !== Status.inProgress) refuse('execution status error: "InProgress" expected')
      const complaint =
        outputs === undefined ? error : complaintAbout(declaration.tasks?.[execution.taskKey]?.outputs, outputs)
      if (complaint === undefined) Object.assign(execution, { status: Status.completed, outputs })
      else Object.assign(execution, { status: Status.failed, error: complaint })
      onExecution(execution)
      // New engines tell of a completion where outputs were wrong, too, and have none to give.
      const passedOn = complaint === undefined ? outputs : generation === 'b' && outputs ? {} : undefined
      if (passedOn)
        later(() => {
          completed(execution, passedOn)
        })
    },

    executions: (): readonly Held[] => [...executions.values()],
    processes: (): readonly WireProcess[] => [...processes.values()],
    log,
    isPoisoned: () => isPoisoned,
    isIdle: () => pending === 0 && [...executions.values()].every(({ status }) => status !== Status.inProgress),
    /** The chain stays, memory goes. */
    restart(): void {
      epoch++
      isPoisoned = false
    },
  }
}

const event32 = new Uint8Array(32)

export function show({ process, nodeKey, taskKey, inputs, status, outputs, error }: Held): Shown {
  const word = status === Status.completed ? 'completed' : status === Status.failed ? 'failed' : 'in_progress'
  return {
    ...{ process, nodeKey, taskKey, inputs: plainStruct(inputs), status: word },
    ...(outputs && { outputs: plainStruct(outputs) }),
    ...(error !== undefined && { error }),
  }
}

/** JSON in which the order of fields does not count. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([left], [right]) => (left < right ? -1 : 1)))
      : each,
  )
}
