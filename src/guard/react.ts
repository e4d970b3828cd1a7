import type { Config } from '../config.ts'
import { createEngine } from '../engine/engine.ts'
import type { Graph } from '../engine/graph.ts'
import type { Service } from '../engine/service.ts'
import { createAlarms, type People } from '../events/alarm.ts'
import { createConditionBoard } from '../events/board.ts'
import type { Block } from '../events/journal.ts'
import { createEventSource } from '../events/source.ts'
import { warningOnce } from '../lib/once.ts'
import type { Database } from '../store/database.ts'
import { createEventJournal } from '../store/event-journal.ts'
import { bindTasks, compose } from './compose.ts'
import { createDuties } from './duties.ts'
import type { Gate } from './gate.ts'
import { counted } from './measuring.ts'
import type { Meter } from '../metrics/meter.ts'
import { createPauseAlarm } from './pause-alarm.ts'

type Parts = Omit<Parameters<typeof compose>[1], 'submit' | 'answered' | 'raise'> & {
  service: Service
  graphs: readonly Graph[]
  database: Database
  gate: Gate
  people: People
  meter: Meter
}

/** Joins what sees to what answers: conditions become events, events run processes, their tasks answer through the gate. */
export function react(config: Config, { service, graphs, database, gate, people, meter, ...parts }: Parts) {
  const { log } = parts
  const { own, rootChain, sights, leaving, world } = compose(config, {
    ...parts,
    submit: gate.submit,
    answered: (what, outcome) => source.answered(what, outcome),
    raise: (alarm) => alarms.raise(alarm),
  })
  const engine = createEngine({
    ...{ service, processes: graphs, tasks: bindTasks(world) },
    log: warningOnce(log, ['execution']),
  })
  const journal = createEventJournal(database)
  const emit = config.mode === 'observe' ? async () => {} : engine.emit
  const alarms = createAlarms({ journal, emit, people: counted(people, meter), log })
  const pauseAlarm = createPauseAlarm(gate, alarms)
  const source = createEventSource({
    ...{ journal, emit, log },
    isCanonical: async ({ number, hash }: Block) => (await rootChain.block(number))?.hash === hash,
  })
  const duties = createDuties({ journal, meter })
  const board = createConditionBoard(
    {
      observe: async (conditions, head) => {
        await duties.see(conditions, head)
        await source.observe(conditions, head)
        await pauseAlarm.see(conditions)
      },
      log,
    },
    sights.order,
  )
  return {
    own,
    pauseAlarm,
    sights: sights.sights,
    duties,
    head: rootChain.head,
    feePerGas: leaving.feePerGas,
    /** Looks again at all that is true, whatever was tried just before. */
    lookAgain: async () => {
      source.hurry()
      await board.again()
    },
    /** Until `signal` aborts, and all that was begun has ended. */
    run: async (signal: AbortSignal) => {
      await sights.run({ pin: board.pin, alarms }, signal)
      await source.idle()
    },
  }
}
