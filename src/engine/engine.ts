import type { Hex } from '../lib/bytes.ts'
import { GuardError } from '../lib/errors.ts'
import type { Logger } from '../lib/logger.ts'
import { contentHash } from './content-hash.ts'
import { eventHash } from './execution.ts'
import type { Execution } from './execution.ts'
import { checkGraph, triggerOf } from './graph.ts'
import type { Graph, TriggerNode } from './graph.ts'
import { toJsonObject } from './json.ts'
import type { JsonObject } from './json.ts'
import { checkParameters } from './parameter.ts'
import { InvalidProcessError } from './process-definition.ts'
import { runEvent } from './run.ts'
import type { Process, RunPorts } from './run.ts'
import type { Service } from './service.ts'

/** What an engine is made of: a service's definition and code, and the processes that join its events to its tasks. */
export type EngineParts = {
  service: Service
  processes: readonly Graph[]
  tasks: Readonly<Record<string, TaskFunction>>
  log: Logger
  /** Told of every execution when it begins and when it ends. */
  record?: (execution: Execution) => Promise<void> | void
  /** Which executions have been asked for before; in memory by default. */
  seen?: SeenSet
}

export type TaskFunction = (inputs: JsonObject) => Promise<JsonObject>

/** Remembers executions: `claim` answers true the first time it is given a hash, and false ever after. */
type SeenSet = { claim: (hash: Hex) => Promise<boolean> | boolean }

export type Engine = {
  /**
   * Runs every process that waits for this event; resolves when all runs that it started have ended, well or badly.
   *
   * @throws {@link InvalidEventError} when the service does not declare such an event.
   */
  emit: (event: { key: string; data: JsonObject }) => Promise<void>
  /** Resolves when nothing runs any more. */
  idle: () => Promise<void>
}

/**
 * The embedded process engine. It does what a MESG engine does with the same files, and nothing that one does not.
 *
 * @throws {@link InvalidProcessError} when a MESG engine would refuse a process, or when it names what is not there.
 */
export function createEngine(parts: EngineParts): Engine {
  const seen = parts.seen ?? memory()
  const ports: RunPorts = {
    processes: parts.processes.map((graph) => admit(graph, parts)),
    log: parts.log,
    taskOf: (key) => ownTask(parts, key),
    record: parts.record ?? (() => undefined),
    claim: (hash) => seen.claim(hash),
  }
  const running = new Set<Promise<unknown>>()

  return {
    async emit({ key, data }) {
      const event = { key, data: acceptEvent(parts.service, key, data) }
      const run = eventHash(event).then((hash) => runEvent(ports, { ...event, hash }))
      running.add(run)
      await run.finally(() => running.delete(run))
    },
    async idle() {
      while (running.size > 0) await Promise.allSettled(running)
    },
  }
}

/**
 * A copy of an event's data as the service declares it.
 *
 * @throws {@link InvalidEventError}
 */
export function acceptEvent(service: Service, key: string, data: unknown): JsonObject {
  const declared = Object.hasOwn(service.events, key) ? service.events[key] : undefined
  if (!declared) throw new InvalidEventError(key, ['the service declares no such event'])
  const copy = toJsonObject(data)
  const problems = checkParameters(declared.data, copy)
  if (problems.length > 0) throw new InvalidEventError(key, problems)
  return copy
}

function admit(graph: Graph, parts: EngineParts): Process {
  checkGraph(graph)
  const trigger = triggerOf(graph)
  const problems = [
    ...triggerProblems(trigger, parts.service),
    ...graph.nodes.flatMap((node) =>
      node.type === 'task' && !ownTask(parts, node.taskKey) ? [`there is no task "${node.taskKey}"`] : [],
    ),
  ]
  if (problems.length > 0) throw new InvalidProcessError(problems, graph.name)
  return { graph, trigger, hash: contentHash(graph) }
}

function triggerProblems(trigger: TriggerNode, { events, tasks }: Service): string[] {
  if (trigger.type === 'event') {
    return Object.hasOwn(events, trigger.eventKey) ? [] : [`there is no event "${trigger.eventKey}"`]
  }
  return Object.hasOwn(tasks, trigger.taskKey) ? [] : [`there is no task "${trigger.taskKey}"`]
}

/** A task that is both declared and written. */
function ownTask({ service, tasks }: EngineParts, key: string) {
  const declared = Object.hasOwn(service.tasks, key) ? service.tasks[key] : undefined
  const run = Object.hasOwn(tasks, key) ? tasks[key] : undefined
  return declared && run ? { ...declared, run } : undefined
}

function memory(): SeenSet {
  const hashes = new Set<Hex>()
  return {
    claim(hash) {
      const isNew = !hashes.has(hash)
      hashes.add(hash)
      return isNew
    },
  }
}

/** An event that `mesg.yml` does not declare, or whose data it declares otherwise. */
export class InvalidEventError extends GuardError {
  override readonly code = 'INVALID_EVENT'

  constructor(event: string, problems: readonly string[]) {
    super(`The event "${event}" cannot be emitted: ${problems.join(', ')}.`, { event, problems: problems.join(', ') })
  }
}
