import type { Config } from '../config.ts'
import { formatOccurrence } from '../events/identity.ts'
import type { Condition, ConditionOf } from '../exit-game/condition.ts'
import { GuardError } from '../lib/errors.ts'
import type { Hash } from '../plasma/units.ts'
import { LeavingRefusedError, leavingEvents, type Cause } from '../tasks/leaving.ts'
import type { Snapshot } from '../watcher/snapshot.ts'
import type { Watcher } from '../watcher/watcher.ts'

type Said = Pick<Config, 'mode' | 'childChain' | 'watcher'>

type Parts = {
  verification: Pick<Watcher, 'snapshot' | 'onHead'> | undefined
  /** How many root chain blocks ago a transaction was mined; undefined when it was not. */
  ageOf: (txHash: Hash) => Promise<bigint | undefined>
  /** For how many root chain blocks something invalid may stand. */
  slaMarginBlocks: bigint
}

/** What the configuration says against leaving, whatever happens. */
export function refusalOf(config: Said): string | undefined {
  // Advice sends nothing: it may be about leaving too.
  if (config.mode !== 'defend-and-exit' && config.mode !== 'advise')
    return `mode is ${config.mode}, and only defend-and-exit leaves`
  return config.childChain || config.watcher?.trusted ? undefined : unconfirmed(config)
}

/** Why what only a Watcher says is no reason to leave. */
export function unconfirmed({ childChain }: Pick<Config, 'childChain'>): string {
  return childChain
    ? 'our own verification of the chain does not say so'
    : 'only a Watcher says so, and it is not trusted: set childChain.url, or watcher.trusted: true'
}

/**
 * Says whether the guard stands behind a cause: our own verification has found the same, or the user trusts the
 * Watcher. A piggyback counts by our own measure only: elixir-omg counts from the exit's start, so one that is posted
 * late would make everybody leave.
 *
 * @returns what throws a {@link LeavingRefusedError} for a cause that the guard does not stand behind.
 */
export function createTrust(config: Said, parts: Parts): (cause: Cause) => Promise<void> {
  const { verification } = parts
  const agrees = rememberAgreement(verification)
  const trusted = config.watcher?.trusted === true
  return async (cause) => {
    if (agrees(cause)) return
    if (!trusted) assertSeeing(verification)
    const measured = cause.type === 'unchallenged_piggyback'
    if (!trusted || (measured && config.childChain)) throw new LeavingRefusedError(cause.type, unconfirmed(config))
    if (measured) await assertOld(cause, parts)
  }
}

function assertSeeing(verification: Parts['verification']): void {
  if (verification && !verification.snapshot()) throw new BlindVerificationError()
}

async function assertOld({ type, occurrence }: Cause, { ageOf, slaMarginBlocks }: Parts): Promise<void> {
  const age = await ageOf(occurrence.slice(0, occurrence.indexOf(':')) as Hash)
  if (age !== undefined && age >= slaMarginBlocks) return
  throw new LeavingRefusedError(type, 'the piggyback is younger than the safety margin')
}

/** Leaving is decided at the head that was judged: what was found once stays found, whatever lands afterwards. */
function rememberAgreement(verification: Parts['verification']): (cause: Cause) => boolean {
  const found = new Set<string>()
  const note = ({ conditions }: Pick<Snapshot, 'conditions'>) => {
    for (const condition of conditions) if (isLeaving(condition)) found.add(nameOf(causeOf(condition)))
  }
  verification?.onHead(note)
  return (cause) => {
    const snapshot = verification?.snapshot()
    if (snapshot) note(snapshot)
    return found.has(nameOf(cause)) || isPastByzantine(snapshot, cause)
  }
}

type LeavingCondition = { [Type in Cause['type']]: ConditionOf<Type> }[Cause['type']]

/** The conditions that ask to leave; of one cause where one is given. */
export function reasonsToLeave(conditions: readonly Condition[], cause?: Cause): LeavingCondition[] {
  const all = conditions.filter(isLeaving)
  return cause ? all.filter((condition) => nameOf(causeOf(condition)) === nameOf(cause)) : all
}

function isLeaving(condition: Condition): condition is LeavingCondition {
  return leavingEvents.some((type) => type === condition.type)
}

function causeOf(condition: LeavingCondition): Cause {
  const { type, occurrence } = condition
  const subject = 'blknum' in condition ? { blknum: condition.blknum } : { exitId: condition.exitId }
  return { type, ...subject, occurrence: formatOccurrence(occurrence) }
}

function nameOf({ type, exitId, blknum, occurrence }: Cause): string {
  return [type, exitId ?? blknum, occurrence].join(' ')
}

/** From the first bad block on, every block is as untrusted, whatever is said to be wrong with it. */
function isPastByzantine(snapshot: Snapshot | undefined, { type, blknum }: Cause): boolean {
  if (type !== 'invalid_block' && type !== 'block_withholding') return false
  const since = snapshot?.childChain.byzantineSince
  return since !== undefined && blknum !== undefined && since.blknum <= blknum
}

/** Our own verification cannot say now whether a cause is one. */
class BlindVerificationError extends GuardError {
  override readonly code = 'BLIND_VERIFICATION'
  override readonly retryable = true

  constructor() {
    super('Our own verification does not see both chains, so it cannot confirm a reason to leave.')
  }
}
