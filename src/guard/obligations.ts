import type { Standing } from '../events/board.ts'
import { formatOccurrence, identity } from '../events/identity.ts'
import type { EventJournal, Remembered } from '../events/journal.ts'
import type { Condition, ConditionType } from '../exit-game/condition.ts'
import type { Side } from '../exit-game/contract-event.ts'
import type { Stake } from '../exit-game/stake.ts'
import { GuardError } from '../lib/errors.ts'
import type { Address, Timestamp } from '../plasma/units.ts'
import type { SentTransaction } from '../store/sent-transactions.ts'
import { answerName } from '../tasks/answer.ts'
import { stakeOf } from '../tasks/stake-of.ts'
import type { Matter } from '../tasks/task.ts'
import { mapBounded } from '../watcher/bounded.ts'

/** Something that is true and waits for an answer of ours, until its exit is gone. */
export type Obligation = Subject &
  Stake & {
    identity: string
    event: ConditionType
    occurrence: string
    since?: Timestamp
    /** The last safe second. */
    deadline?: Timestamp
    /** Chain seconds to the deadline at the judged head; below zero when it has passed. */
    left?: bigint
    /** Emissions of its event so far. */
    attempts: number
    /** The transactions that answer it, oldest first. */
    transactions: readonly SentTransaction[]
  } & Progress

type Subject = { exitId?: bigint; blknum?: bigint; side?: Side; index?: number; token?: Address }

/**
 * `answered`: an answer of ours is mined, and whoever watches has not seen it yet. `silent`: nothing is to be done, or
 * nothing can be, for this reason. `overdue`: the deadline has passed without an answer; it is tried all the same.
 */
type Progress = { state: 'waiting' | 'answering' | 'answered' | 'overdue' } | { state: 'silent'; reason: string }

/** An {@link Obligation} of which nobody has asked what hangs on it. */
export type Duty = Omit<Obligation, keyof Stake | keyof Progress> & Progress

type Ports = {
  standing: () => Standing | undefined
  journal: Pick<EventJournal, 'recall'>
  sent: () => readonly SentTransaction[]
  contracts: Parameters<typeof stakeOf>[2]
}

/** Everything that waits for an answer at the newest head, recomputed from what is true and what the journal knows. */
export function createObligations({ standing, journal, sent, contracts }: Ports) {
  async function duties(conditions: Standing['conditions'], now: Timestamp): Promise<Duty[]> {
    if (conditions.size === 0) return []
    const answers = createAnswers(sent())
    return Promise.all(
      [...conditions].map(async ([identity, condition]) =>
        dutyOf(condition, {
          identity,
          now,
          transactions: answers(condition),
          remembered: await journal.recall(identity),
        }),
      ),
    )
  }
  return {
    /** What these conditions ask for, without what hangs on it, which the contracts have to be asked for. */
    duties,
    /** The last safe second of an answer, where somebody watches what it is about. */
    deadlineOf: ({ events, subject, occurrence }: Matter): Timestamp | undefined => {
      const conditions = standing()?.conditions
      const found = events.map((event) => conditions?.get(identity(event, subject, occurrence)))
      return found.find((condition) => condition?.deadline !== undefined)?.deadline
    },
    list: async (): Promise<Obligation[]> => {
      const seen = standing()
      if (!seen) return []
      return mapBounded(await duties(seen.conditions, seen.head.timestamp), AT_ONCE, async (duty) => ({
        ...duty,
        ...(await readStake(seen.conditions.get(duty.identity), contracts)),
      }))
    },
  }
}

export type Obligations = ReturnType<typeof createObligations>

const AT_ONCE = 8

type Known = {
  identity: string
  now: Timestamp
  transactions: readonly SentTransaction[]
  remembered: Remembered | undefined
}

function dutyOf(condition: Condition, { identity, now, transactions, remembered }: Known): Duty {
  const { type: event, occurrence, since, deadline } = condition
  // A reason to leave stands for ever: who has left hears no more of its deadline.
  const isOver = asksToLeave(event) && transactions.length === 0
  return {
    ...{ identity, event, ...subjectOf(condition), occurrence: formatOccurrence(occurrence) },
    ...(since === undefined ? {} : { since }),
    ...(deadline === undefined ? {} : { deadline, left: deadline - now }),
    attempts: remembered?.attempt ?? 0,
    transactions,
    ...progressOf({ now, deadline: isOver ? undefined : deadline, remembered, transactions }),
  }
}

function subjectOf(condition: Condition): Subject {
  if ('blknum' in condition) return { blknum: condition.blknum }
  const { exitId } = condition
  if ('side' in condition) return { exitId, side: condition.side, index: condition.index }
  return 'token' in condition ? { exitId, token: condition.token } : { exitId }
}

/** The contract's functions that answer an event. */
const ANSWERS: Partial<Record<ConditionType, readonly string[]>> = {
  invalid_exit: ['challengeStandardExit'],
  noncanonical_ife: ['challengeInFlightExitNotCanonical'],
  invalid_ife_challenge: ['respondToNonCanonicalChallenge'],
  invalid_piggyback: ['challengeInFlightExitInputSpent', 'challengeInFlightExitOutputSpent'],
  piggyback_available: ['piggybackInFlightExitOnInput', 'piggybackInFlightExitOnOutput'],
  exit_processable: ['processExits'],
  bond_recoverable: ['deleteNonPiggybackedInFlightExit'],
}

/** Any other event asks to leave. */
export function asksToLeave(event: ConditionType): boolean {
  return ANSWERS[event] === undefined
}

/**
 * Finds the transactions that answer a condition. Leaving is one matter, whatever asks for it: its exits are shown while
 * they are under way.
 */
function createAnswers(sent: readonly SentTransaction[]): (condition: Condition) => readonly SentTransaction[] {
  const byName = new Map<string, SentTransaction[]>()
  const leaving = sent.filter(
    ({ purpose, underWay, outcome }) =>
      underWay && outcome === undefined && /^start(?:Standard|InFlight)Exit$/.test(purpose),
  )
  for (const transaction of sent) {
    // A key is the contract, the name of the answer, and sometimes a variant.
    const [, ...named] = transaction.key.split(':')
    for (const name of [named.join(':'), named.slice(0, -1).join(':')]) {
      byName.set(name, [...(byName.get(name) ?? []), transaction])
    }
  }
  return (condition) => {
    const { exitId, ...piece } = subjectOf(condition)
    if (asksToLeave(condition.type) || exitId === undefined) return leaving
    const occurrence = formatOccurrence(condition.occurrence)
    return (ANSWERS[condition.type] ?? []).flatMap(
      (purpose) => byName.get(answerName(purpose, { exitId, ...piece }, occurrence)) ?? [],
    )
  }
}

/** After so long, whoever watches has seen an answer that is there: what is still true then is not answered by it. */
const SEEN_AFTER_SECONDS = 600n

type Facts = Pick<Known, 'now' | 'remembered' | 'transactions'> & { deadline: Timestamp | undefined }

function progressOf({ now, deadline, remembered, transactions }: Facts): Progress {
  const newest = transactions.at(-1)
  if (newest && isAnswer(newest, now)) return { state: 'answered' }
  const silence = remembered?.silence
  if (silence) return { state: 'silent', reason: `${silence.outcome}: ${silence.reason}` }
  if (deadline !== undefined && now > deadline) return { state: 'overdue' }
  return { state: isAtWork(newest, remembered) ? 'answering' : 'waiting' }
}

function isAnswer({ outcome, updatedAt }: SentTransaction, now: Timestamp): boolean {
  return outcome === 'done_by_us' && now < updatedAt + SEEN_AFTER_SECONDS
}

/** Whether a transaction is under way, or the processes of its last emission have not ended. */
function isAtWork(newest: SentTransaction | undefined, remembered: Remembered | undefined): boolean {
  return newest?.underWay === true || remembered?.ended === false
}

/** A node that fails hides what an obligation is worth, not the obligation. */
async function readStake(condition: Condition | undefined, contracts: Ports['contracts']): Promise<Stake> {
  if (!condition || 'blknum' in condition) return { own: true }
  const { exitId } = condition
  const token = 'currency' in condition ? { token: condition.currency } : {}
  try {
    return await stakeOf(condition.type, { exitId, ...token, ...subjectOf(condition) }, contracts)
  } catch (error) {
    if (!(error instanceof GuardError)) throw error
    return { own: false }
  }
}
