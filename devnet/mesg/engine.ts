import { randomBytes } from 'node:crypto'
import { type Asked, contentHash, createChain, EngineRefusal, type Held, hex, type Result } from './chain.ts'
import { complaintAbout, type Declaration } from './declaration.ts'
import { type Ancestor, callsAfter, StepError } from './orchestrator.ts'
import { Status, type Struct, type WireNode, type WireProcess } from './wire.ts'

type Options = {
  generation: 'a' | 'b'
  declaration: Declaration
  /** How long the engine takes from an event, or a result, to the next execution. */
  stepMs: number
  onExecution: (execution: Held) => void
}

export type Engine = ReturnType<typeof createEngine>

/** The chain and the orchestrator of an engine, without its wire. */
export function createEngine(options: Options) {
  const { generation, declaration, onExecution } = options
  const chain = createChain(generation, declaration)
  const processes = new Map<string, WireProcess>()
  const orchestrator = createOrchestrator(options, { chain, processes })
  const open = (asked: Asked): Uint8Array => {
    const held = chain.open(asked)
    onExecution(held)
    return held.hash
  }
  return {
    addProcess(process: WireProcess): Uint8Array {
      const hash = contentHash(process)
      if (processes.has(hex(hash))) throw new EngineRefusal(`process "${hex(hash)}" already exists`)
      processes.set(hex(hash), process)
      return hash
    },

    emit(key: string, data: Struct): Uint8Array {
      const event = declaration.events?.[key]
      const complaint = event ? complaintAbout(event.data, data) : `event "${key}" not found`
      if (complaint !== undefined) throw new EngineRefusal(complaint)
      const hash = contentHash([key, data])
      orchestrator.happened((node) => node.event?.eventKey === key, { cause: hex(hash), data })
      return hash
    },

    /** An execution that no process asks for. */
    create: (taskKey: string, inputs: Struct): Uint8Array =>
      open({ process: '', processHash: '', nodeKey: '', taskKey, inputs, cause: hex(randomBytes(32)) }),

    update(hash: Uint8Array, result: Result): void {
      const held = chain.close(hash, result)
      onExecution(held)
      // New engines tell of a completion where outputs were wrong, too, and have none to give.
      const isTold = held.status === Status.completed || (generation === 'b' && result.outputs !== undefined)
      if (isTold) orchestrator.completed(held, held.outputs ?? {})
    },

    ...{ executions: chain.executions, isPoisoned: chain.isPoisoned, log: orchestrator.log },
    processes: (): readonly WireProcess[] => [...processes.values()],
    isIdle: () => orchestrator.isIdle() && chain.executions().every(({ status }) => status !== Status.inProgress),
    /** The chain stays, memory goes. */
    restart(): void {
      orchestrator.forget()
      chain.heal()
    },
  }
}

type Ground = { chain: ReturnType<typeof createChain>; processes: ReadonlyMap<string, WireProcess> }
type From = { cause: Ancestor | string; data: Struct }

/** Does what processes say when something has happened, a little later; keeps nothing. */
function createOrchestrator({ generation, stepMs, onExecution }: Options, { chain, processes }: Ground) {
  const log: string[] = []
  let pending = 0
  let epoch = 0

  function follow(processHash: string, node: WireNode, { cause, data }: From): void {
    const process = processes.get(processHash)
    if (!process) return
    const before = typeof cause === 'string' ? undefined : cause
    try {
      for (const call of callsAfter({ process, processHash, before }, node, { data, generation })) {
        onExecution(chain.open({ ...call, process: process.name, processHash, cause }))
      }
    } catch (error) {
      if (!(error instanceof StepError || error instanceof EngineRefusal)) throw error
      log.push(`${process.name}: ${error.message}`)
    }
  }

  function happened(isMeant: (node: WireNode, processHash: string) => boolean, from: From): void {
    const mine = epoch
    pending++
    setTimeout(() => {
      pending--
      if (mine !== epoch) return
      for (const [hash, { nodes }] of processes) {
        for (const node of nodes) if (isMeant(node, hash)) follow(hash, node, from)
      }
    }, stepMs)
  }

  return {
    happened,
    completed({ hash, processHash, nodeKey, taskKey, cause }: Held, outputs: Struct): void {
      const parent = typeof cause === 'string' ? undefined : cause
      const isMeant = (node: WireNode, ofProcess: string) =>
        node.result?.taskKey === taskKey || (ofProcess === processHash && node.key === nodeKey)
      happened(isMeant, { cause: { hash: hex(hash), processHash, nodeKey, outputs, parent }, data: outputs })
    },
    isIdle: () => pending === 0,
    log,
    forget: () => {
      epoch++
    },
  }
}
