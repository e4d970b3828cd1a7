import { contentHash } from '../engine/content-hash.ts'
import { acceptEvent } from '../engine/engine.ts'
import type { TaskFunction } from '../engine/engine.ts'
import type { JsonObject } from '../engine/json.ts'
import type { Service } from '../engine/service.ts'
import type { Hex } from '../lib/bytes.ts'
import { GuardError } from '../lib/errors.ts'
import type { Logger } from '../lib/logger.ts'
import { sleep } from '../lib/sleep.ts'
import { createAttachment } from './attachment.ts'
import type { EngineLink } from './engine-link.ts'
import { createExecutions } from './executions.ts'
import type { ExecutionJournal } from './executions.ts'

/** Which payloads were handed to an engine: `claim` answers true the first time, and false ever after. */
type SentEvents = { claim: (hash: Hex) => Promise<boolean> }

type Parts = {
  link: EngineLink
  /** The declaration of what is emitted and run. */
  service: Service
  tasks: Readonly<Record<string, TaskFunction>>
  sent: SentEvents
  journal: ExecutionJournal
  log: Logger
  /** How long after the signal a task may still take; MESG kills after ten seconds. */
  drainMs?: number
}

type MesgService = {
  /**
   * Hands an event to the engine, once for each payload; waits while there is no engine.
   *
   * @throws InvalidEventError when the service does not declare such an event.
   * @throws EngineCallError when the engine refuses it, or does not answer: it is never sent again.
   */
  emit: (event: { key: string; data: Readonly<JsonObject> }) => Promise<void>
  /** Serves the engine until the signal aborts and what was begun has ended, or has taken too long. */
  run: (signal: AbortSignal) => Promise<void>
}

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 15_000
const DRAIN_MS = 8_000

/** A service as MESG engines of any generation know it: attaches to one, again and again, and does what it asks. */
export function createMesgService(parts: Parts): MesgService {
  const { link, service, sent, log } = parts
  const attachment = createAttachment()
  const executions = createExecutions(parts, attachment.drop)

  async function attachOnce(signal: AbortSignal): Promise<void> {
    const current = attachment.begin(signal)
    const ready = () => {
      if (!current.ready()) return
      log.info({}, 'engine attached')
      if (!link.tellsWaiting) void executions.reportAgain()
    }
    try {
      await link.attach({ ready, take: executions.take, signal: current.signal })
    } finally {
      current.end()
    }
  }

  return {
    async emit({ key, data }) {
      const event = { key, data: acceptEvent(service, key, data) }
      await attachment.untilReady()
      if (!(await sent.claim(await contentHash(event)))) {
        log.debug({ event: key }, 'event was sent before')
        return
      }
      await link.emit(event)
    },

    async run(signal) {
      const fading = executions.fade(signal)
      const isOver = () => signal.aborted
      let pause = FIRST_PAUSE_MS
      while (!isOver()) {
        const begin = performance.now()
        await attachOnce(signal).catch((error: unknown) => {
          log.warn({ err: error }, 'engine does not answer')
        })
        if (isOver()) break
        pause = performance.now() - begin > LONGEST_PAUSE_MS ? FIRST_PAUSE_MS : pause
        log.info({ retryInMs: pause }, 'engine is gone, will attach again')
        await sleep(pause, signal)
        pause = Math.min(2 * pause, LONGEST_PAUSE_MS)
      }
      attachment.close(new EngineGoneError())
      await fading(parts.drainMs ?? DRAIN_MS)
      link.close()
    },
  }
}

/** The program ends before an engine was there. */
class EngineGoneError extends GuardError {
  override readonly code = 'ENGINE_GONE'
  override readonly retryable = true

  constructor() {
    super('The program ends: no engine takes events any more.')
  }
}
