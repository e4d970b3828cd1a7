import type { TaskFunction } from '../../src/engine/engine.ts'
import type { Logger } from '../../src/lib/logger.ts'
import { silentLogger } from '../../src/lib/logger.ts'
import { linkGenerationA } from '../../src/mesg/generation-a.ts'
import { linkGenerationB } from '../../src/mesg/generation-b.ts'
import { createMesgService } from '../../src/mesg/service.ts'
import { readEngineVariables } from '../../src/mesg/variables.ts'
import Sqlite from 'better-sqlite3'
import { createMesgJournal } from '../../src/store/mesg-journal.ts'
import { type EngineDouble, type Generation, startEngineDouble } from '../../devnet/mesg/double.ts'
import { readDeclaration } from '../../devnet/mesg/declaration.ts'
import { wireProcess } from '../../devnet/mesg/wire-process.ts'
import type { createEnds } from '../../devnet/drill/ends.ts'
import { bakers, bakery, bakeryText, graphOf } from '../engine/bakery.ts'

type Ends = ReturnType<typeof createEnds>

/** A double that runs processes of the bakery. */
export async function bakeryEngine(ends: Ends, generation: Generation, processes: readonly (readonly string[])[]) {
  const engine = await startEngineDouble({ generation, declaration: readDeclaration(bakeryText) })
  ends.add('engine', engine.close)
  processes.forEach((steps, at) => {
    engine.addProcess(wireProcess(graphOf(steps, `p${at}`), engine.instanceHash))
  })
  return engine
}

type Settings = {
  tasks?: Record<string, TaskFunction>
  /** Tasks that are declared, and that nobody has written. */
  unwritten?: readonly string[]
  database?: Sqlite.Database
  log?: Logger
  drainMs?: number
}

/** The bakery as a service of that engine, at work. What it was asked for is in `calls`. */
export function serveBakery(ends: Ends, { variables }: Pick<EngineDouble, 'variables'>, settings: Settings = {}) {
  const { database = new Sqlite(':memory:'), log = silentLogger, unwritten = [], drainMs } = settings
  const engine = readEngineVariables(variables)
  const calls: { task: string; inputs: unknown }[] = []
  const written = Object.entries({ ...bakers, ...settings.tasks }).filter(([task]) => !unwritten.includes(task))
  const tasks = Object.fromEntries(
    written.map(([task, run]): [string, TaskFunction] => [
      task,
      (inputs) => {
        calls.push({ task, inputs: structuredClone(inputs) })
        return run(inputs)
      },
    ]),
  )
  const { sent, executions: journal } = createMesgJournal(database)
  const link = engine.generation === 'a' ? linkGenerationA(engine, log) : linkGenerationB(engine)
  const service = createMesgService({
    ...{ link, service: bakery, tasks, sent, journal, log },
    ...(drainMs !== undefined && { drainMs }),
  })
  const controller = new AbortController()
  const ended = service.run(controller.signal)
  const stop = async () => {
    controller.abort()
    await ended
  }
  ends.add('service', stop)
  return { emit: service.emit, calls, database, stop, ended }
}

/** Keeps what is logged. */
export function keepingLog() {
  const lines: { level: string; sentence: string; facts: Record<string, unknown> }[] = []
  const say = (level: string) => (facts: Record<string, unknown>, sentence: string) => {
    lines.push({ level, sentence, facts })
  }
  const log: Logger = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') }
  return { log, lines, says: (sentence: string) => lines.filter((line) => line.sentence === sentence) }
}
