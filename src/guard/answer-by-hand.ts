import { z } from 'zod'
import { createEngine, InvalidEventError } from '../engine/engine.ts'
import type { Execution } from '../engine/execution.ts'
import { triggerOf, type Graph } from '../engine/graph.ts'
import { toJsonObject, type JsonObject, type JsonValue } from '../engine/json.ts'
import type { Service } from '../engine/service.ts'
import { GuardError } from '../lib/errors.ts'
import type { Outcome } from '../lib/outcome.ts'
import type { World } from '../tasks/task.ts'
import { adviceOn, type Advice } from './advise.ts'
import type { Hand } from './by-hand.ts'
import { bindTasks } from './compose.ts'

/** An event as a process engine takes it. */
export type NamedEvent = { key: string; data: JsonObject }

export type Answering = { service: Service; graphs: readonly Graph[] }

/** What a process did with one event: how each of its answers ended, and what failed. */
export type Ran = { outcomes: readonly (JsonObject & { task: string })[]; failures: readonly string[] }

/**
 * Reads an event as the log shows it (`event` beside its fields), or as `{ key, data }`. Of a log line, only what the
 * service declares of the event counts.
 *
 * @throws {@link NoEventError} when it is none, or no process answers it.
 */
export function readEvent(value: unknown, { service, graphs }: Answering): NamedEvent {
  const given = fields.safeParse(value).data
  if (!given) throw new NoEventError('it is no JSON object')
  const key = nameIn(given)
  const declared = Object.hasOwn(service.events, key) ? service.events[key] : undefined
  if (!declared) throw new NoEventError('its `event` names nothing that mesg.yml declares')
  if (!graphs.some((graph) => isAbout(graph, key))) throw new NoEventError(`no process answers ${key}`)
  const data = fields.safeParse(given['data'] ?? given).data
  if (!data) throw new NoEventError('its `data` is no JSON object')
  const known = Object.entries(data).filter(([name]) => Object.hasOwn(declared.data, name))
  return { key, data: toJsonObject(Object.fromEntries(known)) }
}

function nameIn({ key, event = '' }: Record<string, unknown>): string {
  const name = key ?? event
  return typeof name === 'string' ? name : ''
}

const fields = z.record(z.string(), z.unknown())

function isAbout(graph: Graph, key: string): boolean {
  const trigger = triggerOf(graph)
  return trigger.type === 'event' && trigger.eventKey === key
}

/** Runs the processes of an event without sending anything: the transactions that they would send, and how the rest ended. */
export async function rehearse(
  event: NamedEvent,
  { world, chain }: Pick<Hand, 'world' | 'chain'>,
  answering: Answering,
): Promise<{ advised: readonly Advice[]; ran: Ran }> {
  const advised: Advice[] = []
  const submit: World['submit'] = async (intent) => {
    const advice = await adviceOn(intent, { chain, responder: await world.responder() })
    if ('outcome' in advice) return advice
    advised.push(advice)
    return REHEARSED
  }
  const ran = await perform(event, { ...world, submit }, answering)
  const ended = ran.outcomes.filter(({ reason }) => !textOf(reason).includes(REHEARSED.reason))
  return { advised, ran: { ...ran, outcomes: ended } }
}

/** Outputs of tasks are JSON. */
export function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const REHEARSED: Outcome = { outcome: 'refused', reason: 'only rehearsed' }

/** Runs the processes of an event once, in a world. */
export async function perform({ key, data }: NamedEvent, world: World, { service, graphs }: Answering): Promise<Ran> {
  const executions: Execution[] = []
  const engine = createEngine({
    ...{ service, processes: graphs, tasks: bindTasks(world), log: world.log },
    record: (execution) => void executions.push(execution),
  })
  await engine.emit({ key, data }).catch((error: unknown) => {
    throw error instanceof InvalidEventError ? new NoEventError(error.message) : error
  })
  return {
    outcomes: executions.flatMap((each) =>
      each.status === 'completed' && 'outcome' in each.outputs ? { task: each.taskKey, ...each.outputs } : [],
    ),
    failures: executions.flatMap((each) => (each.status === 'failed' ? `${each.taskKey}: ${each.error}` : [])),
  }
}

/** What was given is no event that a process could answer. */
class NoEventError extends GuardError {
  override readonly code = 'NO_EVENT'

  constructor(why: string) {
    super(`This is no event to respond to: ${why}.`, { why })
  }
}
