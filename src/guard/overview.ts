import type { Config } from '../config.ts'
import type { Alarms } from '../events/alarm.ts'
import type { ConditionBoard } from '../events/board.ts'
import type { EventJournal } from '../events/journal.ts'
import type { Logger } from '../lib/logger.ts'
import type { Address } from '../plasma/units.ts'
import type { SentTransaction } from '../store/sent-transactions.ts'
import type { World } from '../tasks/task.ts'
import type { Head } from '../watcher/root-chain.ts'
import { createGuardStatus } from './guard-status.ts'
import { createObligationAlarms } from './obligation-alarms.ts'
import { createObligations } from './obligations.ts'
import type { Verification } from './verification.ts'

type Parts = {
  board: Pick<ConditionBoard, 'standing'>
  journal: EventJournal
  sent: () => readonly SentTransaction[]
  world: World
  alarms: Alarms
  gate: { state: () => { state: string } }
  own: ReadonlySet<Address>
  deployment: { chainId: bigint; framework: Address }
  verification: Pick<Verification, 'snapshot'> | undefined
  head: () => Promise<Head>
  /** Why this guard does not leave by itself. */
  refusal: string | undefined
  log: Logger
}

/** What there is to answer and until when: for answers, for alarms, and for people. */
export function createOverview({ mode }: Pick<Config, 'mode'>, parts: Parts) {
  const { board, journal, sent, world, alarms, log, verification, ...rest } = parts
  const { standing } = board
  const { duties, deadlineOf, list } = createObligations({ standing, journal, sent, contracts: world })
  return {
    deadlineOf,
    /** Calls for a person where it has to; to be called at every head. Never rejects. */
    lookAtDeadlines: createObligationAlarms({ standing, duties, alarms, log }).look,
    /** How the guard stands. */
    status: createGuardStatus({
      ...{ ...rest, mode, sent, standing, obligations: list, alarms: alarms.standing },
      snapshot: () => verification?.snapshot(),
    }),
  }
}
