import type { Config } from '../config.ts'
import { createEngine, type TaskFunction } from '../engine/engine.ts'
import type { Environment } from '../engine/environment.ts'
import type { Service } from '../engine/service.ts'
import type { GuardEvent } from '../events/event.ts'
import type { Logger } from '../lib/logger.ts'
import { warningOnce } from '../lib/once.ts'
import { createMesgService } from '../mesg/service.ts'
import { linkGenerationA } from '../mesg/generation-a.ts'
import { linkGenerationB } from '../mesg/generation-b.ts'
import type { EngineVariables } from '../mesg/variables.ts'
import type { Database } from '../store/database.ts'
import { createMesgJournal } from '../store/mesg-journal.ts'
import { loadProcesses } from './processes.ts'

/** Who runs the processes: takes events, asks for tasks. */
type ProcessRunner = {
  emit: (event: GuardEvent) => Promise<void>
  /** At work until the signal aborts, and what was begun has ended. */
  run: (signal: AbortSignal) => Promise<void>
}

type Parts = { service: Service; tasks: Readonly<Record<string, TaskFunction>>; database: Database; log: Logger }

/** A runner waits for its parts, but says at once what is wrong with its own configuration. */
export type ProcessRunnerOpener = (parts: Parts) => ProcessRunner

/**
 * The engine inside this program, with the processes of the configuration.
 *
 * @throws GuardError when one of them is wrong.
 */
export function embeddedRunner({ processes }: Config, environment: Environment): ProcessRunnerOpener {
  const graphs = loadProcesses(processes, environment)
  return ({ service, tasks, log }) => {
    const engine = createEngine({ service, processes: graphs, tasks, log: warningOnce(log, ['execution']) })
    return { emit: engine.emit, run: async () => {} }
  }
}

/** A MESG engine, which knows the processes itself. */
export function mesgRunner(engine: EngineVariables): ProcessRunnerOpener {
  return ({ service, tasks, database, log }) => {
    const { sent, executions } = createMesgJournal(database)
    const link = engine.generation === 'a' ? linkGenerationA(engine, log) : linkGenerationB(engine)
    return createMesgService({ link, service, tasks, sent, journal: executions, log: warningOnce(log, ['execution']) })
  }
}
