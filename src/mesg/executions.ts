import type { TaskFunction } from '../engine/engine.ts'
import { perform } from '../engine/perform.ts'
import type { RunnableTask } from '../engine/perform.ts'
import type { Service } from '../engine/service.ts'
import { fromHex, toHex, type Hex } from '../lib/bytes.ts'
import { GuardError } from '../lib/errors.ts'
import type { Logger } from '../lib/logger.ts'
import { sleep } from '../lib/sleep.ts'
import type { Delivery, Ending, EngineLink } from './engine-link.ts'
import { EngineCallError } from './rpc.ts'
import { decodeStruct } from './struct.ts'

/** How executions ended, durably: an engine may hand one out again, and may not have heard the end. */
export type ExecutionJournal = {
  /** Undefined for one that has not ended. */
  recall: (execution: Hex) => Promise<Ending | 'reported' | undefined>
  remember: (execution: Hex, ending: Ending | 'reported') => Promise<void>
  unreported: () => Promise<readonly { execution: Hex; ending: Ending }[]>
}

type Parts = {
  link: EngineLink
  service: Service
  tasks: Readonly<Record<string, TaskFunction>>
  journal: ExecutionJournal
  log: Logger
}

/**
 * Runs what an engine asks for, each execution once, however often it is handed out.
 *
 * @param drop - Called when a result has not arrived: an attachment made anew tells what became of it.
 */
export function createExecutions(parts: Parts, drop: () => void) {
  const { journal, log } = parts
  const running = createRunning(log)
  const report = reporter(parts, drop)
  let isEnding = false

  async function answer(hash: Hex, delivery: Delivery): Promise<void> {
    const before = await journal.recall(hash)
    if (before === 'reported') return
    if (before) {
      await report(hash, before)
      return
    }
    const facts = { execution: hash, taskKey: delivery.taskKey }
    const ending = await endOf(parts, delivery)
    if ('error' in ending && isEnding) {
      // Waits are cut short now: that is no failure of the task. Whoever starts next is asked again.
      log.info(facts, 'execution interrupted')
      return
    }
    if ('error' in ending) log.warn({ ...facts, error: ending.error }, 'execution failed')
    else log.info(facts, 'execution completed')
    await journal.remember(hash, ending)
    await report(hash, ending)
  }

  return {
    take: (delivery: Delivery) => {
      const hash = toHex(delivery.hash)
      if (!isEnding) running.begin(hash, () => answer(hash, delivery))
    },
    /** For engines that do not tell what they have not heard of. */
    reportAgain: async () => {
      try {
        for (const { execution, ending } of await journal.unreported()) {
          running.begin(execution, () => report(execution, ending))
        }
      } catch (error) {
        log.error({ err: error }, 'results not reported again')
      }
    },
    /** From the signal on nothing new is begun. The answer waits for what was, for so many milliseconds. */
    fade: (signal: AbortSignal) => {
      const stop = () => {
        isEnding = true
      }
      signal.addEventListener('abort', stop, { once: true })
      return (limitMs: number) => {
        isEnding = true
        return running.untilIdle(limitMs)
      }
    },
  }
}

/** Tells the engine how an execution ended, and notes that it knows. Never rejects for what the engine says. */
function reporter({ link, journal, log }: Parts, drop: () => void) {
  return async (hash: Hex, ending: Ending): Promise<void> => {
    try {
      await link.report(fromHex(hash), ending)
    } catch (error) {
      log.warn({ err: error, execution: hash }, 'result not taken by the engine')
      const isRefused = error instanceof EngineCallError && error.isRefusal
      if (link.tellsWaiting || !isRefused) {
        drop()
        return
      }
    }
    await journal.remember(hash, 'reported')
  }
}

/** Pieces of work by name, each at most once at a time. */
function createRunning(log: Logger) {
  const running = new Map<Hex, Promise<void>>()
  return {
    begin: (hash: Hex, work: () => Promise<void>) => {
      if (running.has(hash)) return
      const run = work()
        .catch((error: unknown) => {
          log.error({ err: error, execution: hash }, 'execution could not be noted')
        })
        .finally(() => running.delete(hash))
      running.set(hash, run)
    },
    untilIdle: async (limitMs: number) => {
      const over = new AbortController()
      const all = Promise.all(running.values()).then(() => {
        over.abort()
      })
      await Promise.race([all, sleep(limitMs, over.signal)])
      if (running.size > 0) log.warn({ executions: running.size }, 'executions left unfinished')
    },
  }
}

/** Inputs that cannot be read are a failure like any other. */
async function endOf({ service, tasks }: Parts, { taskKey, inputs }: Delivery): Promise<Ending> {
  const declared = Object.hasOwn(service.tasks, taskKey) ? service.tasks[taskKey] : undefined
  const run = Object.hasOwn(tasks, taskKey) ? tasks[taskKey] : undefined
  const task: RunnableTask = declared && run ? { ...declared, run } : unknownTask(taskKey)
  const end = await perform({ ...task, run: () => task.run(decodeStruct(inputs)) }, {})
  return end.status === 'completed' ? { outputs: end.outputs } : { error: end.error }
}

function unknownTask(key: string): RunnableTask {
  return { inputs: {}, outputs: {}, run: () => Promise.reject(new UnknownTaskError(key)) }
}

/** An engine asks for a task that the service does not have. */
class UnknownTaskError extends GuardError {
  override readonly code = 'UNKNOWN_TASK'

  constructor(task: string) {
    super(`There is no task ${task}.`, { task })
  }
}
