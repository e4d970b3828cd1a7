import type { Nodes } from '../chain/nodes.ts'
import type { Config } from '../config.ts'
import type { Service } from '../engine/service.ts'
import { createAlarms, type Alarms, type People } from '../events/alarm.ts'
import { createConditionBoard } from '../events/board.ts'
import type { Block } from '../events/journal.ts'
import { createEventSource, type EventSource } from '../events/source.ts'
import type { Database } from '../store/database.ts'
import { createEventJournal } from '../store/event-journal.ts'
import { createSentTransactions } from '../store/sent-transactions.ts'
import { watchClock } from './clock-watch.ts'
import { bindTasks, compose } from './compose.ts'
import { createDuties } from './duties.ts'
import type { Gate } from './gate.ts'
import type { Meter } from '../metrics/meter.ts'
import { counted } from './measuring.ts'
import { watchNodes } from './node-watch.ts'
import { createOverview } from './overview.ts'
import type { ProcessRunnerOpener } from './process-runner.ts'
import { createPauseAlarm } from './pause-alarm.ts'

type Parts = Omit<Parameters<typeof compose>[1], 'nodes' | 'submit' | 'answered' | 'deadlineOf' | 'raise'> & {
  nodes: Nodes
  service: Service
  openRunner: ProcessRunnerOpener
  database: Database
  gate: Gate
  people: People
  meter: Meter
}

/** Joins what sees to what answers: conditions become events, events run processes, their tasks answer through the gate. */
export function react(config: Config, { service, openRunner, database, gate, people, meter, ...parts }: Parts) {
  const { log } = parts
  const { own, rootChain, sights, leaving, world } = compose(config, {
    ...parts,
    submit: gate.submit,
    answered: (what, outcome) => source.answered(what, outcome),
    deadlineOf: (matter) => overview.deadlineOf(matter),
    raise: (alarm) => alarms.raise(alarm),
  })
  const runner = openRunner({ service, tasks: bindTasks(world), database, log })
  const journal = createEventJournal(database)
  const emit = config.mode === 'observe' ? async () => {} : runner.emit
  const alarms = createAlarms({ journal, emit, people: counted(people, meter), log })
  const pauseAlarm = createPauseAlarm(gate, alarms)
  const isCanonical = async ({ number, hash }: Block) => (await rootChain.block(number))?.hash === hash
  const source = createEventSource({ journal, emit, log, isCanonical })
  const duties = createDuties({ journal, meter })
  const observe: EventSource['observe'] = async (conditions, head) => {
    await duties.see(conditions, head)
    await source.observe(conditions, head)
    await pauseAlarm.see(conditions)
    void overview.lookAtDeadlines()
  }
  const board = createConditionBoard({ observe, log }, sights.order)
  const overview = createOverview(config, {
    ...{ board, journal, sent: createSentTransactions(database), world, alarms, gate, own, log },
    ...{ deployment: parts.deployment, verification: parts.verification, head: rootChain.head },
    refusal: leaving.refusal,
  })
  return {
    ...{ own, pauseAlarm, duties, raise: alarms.raise, status: overview.status },
    ...{ sights: sights.sights, head: rootChain.head, feePerGas: leaving.feePerGas },
    /** Looks again at all that is true, whatever was tried just before. */
    lookAgain: async () => {
      source.hurry()
      await board.again()
    },
    /** Until `signal` aborts, and all that was begun has ended. */
    run: async (signal: AbortSignal) => {
      const watched = { ...parts, head: rootChain.head, alarms }
      await Promise.all([
        sights.run({ pin: board.pin, alarms }, signal),
        runner.run(signal),
        keepWatch(watched, signal),
      ])
      await source.idle()
    },
  }
}

type Watched = Pick<Parts, 'nodes' | 'deployment' | 'log'> & {
  head: ReturnType<typeof compose>['rootChain']['head']
  alarms: Alarms
}

/** Over what the guard itself relies on. */
async function keepWatch({ nodes, deployment, head, alarms, log }: Watched, signal: AbortSignal): Promise<void> {
  const { chainId } = deployment
  await Promise.all([watchNodes({ nodes, alarms }, signal), watchClock({ chainId, head, alarms, log }, signal)])
}
