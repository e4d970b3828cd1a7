import type { Condition } from '../exit-game/condition.ts'
import type { Logger } from '../lib/logger.ts'
import type { Outcome } from '../lib/outcome.ts'
import type { Timestamp } from '../plasma/units.ts'
import { due } from './due.ts'
import { eventOf, type GuardEvent } from './event.ts'
import { identityOf } from './identity.ts'
import type { Block, EventJournal } from './journal.ts'
import { liftSilences, silence, type Answered } from './silence.ts'

type Ports = {
  journal: EventJournal
  /** Hands an event to the processes; resolves when all that it started has ended. */
  emit: (event: GuardEvent) => Promise<void>
  /** Whether a block is still part of the root chain. */
  isCanonical: (block: Block) => Promise<boolean>
  log: Logger
}

/** The head at which conditions were judged. */
type Head = Block & { timestamp: Timestamp }

export type EventSource = {
  /** Takes all that is true at a head and emits what is new or due again. Resolves when that is noted, not answered. */
  observe: (conditions: readonly Condition[], head: Head) => Promise<void>
  /** Takes the end of an answer. */
  answered: (answered: Answered, outcome: Outcome) => Promise<void>
  /** What only waits for its cool-down at the next look is due then, each once. */
  hurry: () => void
  /** Resolves when no process that this source started is at work any more. */
  idle: () => Promise<void>
}

/** Turns what is true into events: each thing once, and again while it stays true and nothing of ours is at work on it. */
export function createEventSource(ports: Ports): EventSource {
  const running = new Map<string, Promise<void>>()
  let head: Head | undefined
  let hurry = false
  /** What was true when it was said that nothing should wait, and has not been emitted since. */
  let hurried = new Set<string>()
  return {
    async observe(conditions, now) {
      head = now
      const present = new Map(conditions.map((condition) => [identityOf(condition), condition]))
      if (hurry) hurried = new Set(present.keys())
      hurry = false
      await liftSilences(ports.journal, new Set(present.keys()), ports.isCanonical)
      for (const [name, condition] of present) {
        const at = { now: now.timestamp, running: running.has(name), hurried: hurried.has(name) }
        const event = await nextEmission(ports, { name, condition, ...at })
        if (!event) continue
        hurried.delete(name)
        running.set(
          name,
          work(ports, name, event).finally(() => running.delete(name)),
        )
      }
    },
    async answered(what, outcome) {
      if (head) await silence(ports.journal, what, { ...outcome, head: { number: head.number, hash: head.hash } })
    },
    hurry() {
      hurry = true
    },
    async idle() {
      await Promise.all(running.values())
    },
  }
}

type Candidate = { name: string; condition: Condition; now: Timestamp; running: boolean; hurried: boolean }

/** Notes the next attempt before anybody hears of it, so that no crash makes two emissions alike. */
async function nextEmission({ journal, log }: Ports, candidate: Candidate): Promise<GuardEvent | undefined> {
  const { name, condition, now, running, hurried } = candidate
  const decision = due(await journal.recall(name), { now, running, hurried, deadline: condition.deadline })
  if (!decision.emit) {
    log.debug({ identity: name, because: decision.because }, 'event not due')
    return undefined
  }
  await journal.remember(name, { attempt: decision.attempt, emittedAt: now, ended: false })
  const event = eventOf(condition, decision.attempt)
  log.info({ event: event.key, ...event.data }, 'event emitted')
  return event
}

async function work({ journal, emit, log }: Ports, name: string, event: GuardEvent): Promise<void> {
  try {
    await emit(event)
  } catch (error) {
    log.warn({ err: error, identity: name }, 'event refused by the processes')
  }
  const remembered = await journal.recall(name)
  if (remembered) await journal.remember(name, { ...remembered, ended: true })
}
