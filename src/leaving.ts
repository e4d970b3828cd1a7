import type { Deployment } from './chain/deployment.ts'
import { createExitGameReader } from './chain/exit-game.ts'
import type { Node } from './chain/node.ts'
import { createOperator } from './chain/operator.ts'
import { createRemoteWatcher } from './chain/remote-watcher.ts'
import { createRootChain } from './chain/root-chain.ts'
import { createChainAccess } from './chain/transactions.ts'
import type { Config } from './config.ts'
import { formatOccurrence } from './events/identity.ts'
import type { Condition, ConditionOf } from './exit-game/condition.ts'
import type { ExitPlan, Terms } from './exit-game/exit-plan.ts'
import { holdingsOf, tokensOf, type Holdings } from './exit-game/holdings.ts'
import { planExit } from './exit-game/plan-exit.ts'
import { vaultOf } from './exit-game/vault.ts'
import { GuardError } from './lib/errors.ts'
import { createOwnTransactions } from './own-transactions.ts'
import type { Address, Timestamp, Wei } from './plasma/units.ts'
import { fetchRejected, readRejected } from './rejected-block.ts'
import { remoteHoldings } from './remote-holdings.ts'
import { LeavingRefusedError, leavingEvents, type Cause, type Leaving } from './tasks/leaving.ts'
import type { Snapshot } from './watcher/snapshot.ts'
import type { TransactionArchive } from './watcher/transaction-archive.ts'
import type { Watcher } from './watcher/watcher.ts'

type Parts = {
  node: Node
  deployment: Deployment
  archive: TransactionArchive
  own: ReadonlySet<Address>
  /** Our own verification, where the configuration has one. */
  verification: Pick<Watcher, 'snapshot' | 'onHead'> | undefined
}

/** Leaving, as tasks and commands ask for it. A plan without a cause is a person's decision. */
export type LeavingOffice = Leaving & { plan: (cause?: Cause) => Promise<ExitPlan> }

/**
 * Joins what leaving needs: holdings from our own verification, or from a Watcher whom the user trusts; whether the
 * guard stands behind a cause; what the contracts say about queues and prices.
 */
export function createLeaving(config: Config, parts: Parts): LeavingOffice {
  const { node, deployment, verification } = parts
  const desk = {
    ...{ config, ...parts },
    reader: createExitGameReader(node, deployment),
    rootChain: createRootChain({ node, deployment }),
    chain: createChainAccess(node),
    ownTransactions: createOwnTransactions(parts.archive, deployment.framework),
    agreed: rememberAgreement(verification),
  }
  return {
    refusal: refusalOf(config),
    plan: async (cause) => {
      if (cause) await assertTrusted(cause, desk)
      const { holdings, terms } = config.childChain ? await ownView(cause, desk) : await remoteView(cause, desk)
      const { minExitPeriod } = deployment
      const queues = await queuesAmong(tokensOf(holdings), desk)
      return planExit(holdings, { ...terms, own: parts.own, minExitPeriod, queues })
    },
    feePerGas: async () => {
      const { baseFee, tip } = await desk.chain.head()
      return (baseFee + tip) as Wei
    },
    endedStart: (exitId) => endedStart(verification?.snapshot(), exitId),
  }
}

/** What the configuration says against leaving, whatever happens. */
function refusalOf(config: Config): string | undefined {
  if (config.mode !== 'defend-and-exit') return `mode is ${config.mode}, and only defend-and-exit leaves`
  return config.childChain || config.watcher?.trusted ? undefined : unconfirmed(config)
}

type Desk = Parts & {
  config: Config
  reader: ReturnType<typeof createExitGameReader>
  rootChain: ReturnType<typeof createRootChain>
  chain: ReturnType<typeof createChainAccess>
  ownTransactions: ReturnType<typeof createOwnTransactions>
  agreed: (cause: Cause) => boolean
}

/** How long something invalid may stand, in root chain blocks, where no configuration of an own verification says. */
const SLA_MARGIN_BLOCKS = 5_520n

/**
 * A cause counts when our own verification has found the same, or when the user trusts the Watcher. A piggyback counts
 * by our own measure only: elixir-omg counts from the exit's start, so one posted late would make everybody leave.
 */
async function assertTrusted(cause: Cause, { agreed, config, rootChain, chain }: Desk): Promise<void> {
  if (agreed(cause)) return
  if (!config.watcher?.trusted) throw new LeavingRefusedError(cause.type, unconfirmed(config))
  if (cause.type !== 'unchallenged_piggyback') return
  if (config.childChain) throw new LeavingRefusedError(cause.type, unconfirmed(config))
  const [txHash] = cause.occurrence.split(':')
  const [head, receipt] = await Promise.all([rootChain.head(), chain.receipt([txHash as `0x${string}`])])
  if (!receipt || receipt.blockNumber + SLA_MARGIN_BLOCKS > head.number)
    throw new LeavingRefusedError(cause.type, 'the piggyback is younger than the safety margin')
}

function unconfirmed({ childChain }: Config): string {
  return childChain
    ? 'our own verification of the chain does not say so'
    : 'only a Watcher says so, and it is not trusted: set childChain.url, or watcher.trusted: true'
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

/** After the first bad block every other one is as untrusted, whatever is wrong with it. */
function isPastByzantine(snapshot: Snapshot | undefined, { type, blknum }: Cause): boolean {
  if (type !== 'invalid_block' && type !== 'block_withholding') return false
  const since = snapshot?.childChain.byzantineSince
  return since !== undefined && blknum !== undefined && since.blknum <= blknum
}

type View = { holdings: Holdings; terms: Omit<Terms, 'own' | 'minExitPeriod' | 'queues'> }

async function ownView(cause: Cause | undefined, desk: Desk): Promise<View> {
  const { config, own, ownTransactions, deployment } = desk
  const before = latest(desk)
  const block = config.childChain && (await fetchRejected(before, createOperator(config.childChain)))
  // Nobody waits from here on: what a snapshot shows is alive.
  const snapshot = latest(desk)
  const { byzantineSince } = snapshot.childChain
  const { framework } = deployment
  const asked = { own, archived: ownTransactions(), ...(block && { rejected: readRejected(block, { own, framework, ledger: snapshot.ledger }) }) }
  const until = deadlineOf(snapshot, cause)
  return {
    holdings: holdingsOf(snapshot, asked),
    terms: {
      now: snapshot.head.timestamp,
      ...(byzantineSince && { firstBad: { blknum: byzantineSince.blknum, timestamp: byzantineSince.timestamp } }),
      ...(until === undefined ? {} : { until }),
    },
  }
}

function latest({ verification }: Desk): Snapshot {
  const snapshot = verification?.snapshot()
  if (!snapshot) throw new NoHoldingsError('our own verification has not caught up with the chain')
  return snapshot
}

/** Of the cause; without one, of whatever first makes users leave. */
function deadlineOf({ conditions }: Snapshot, cause: Cause | undefined): Timestamp | undefined {
  const name = cause && nameOf(cause)
  const causes = conditions.filter(isLeaving).filter((each) => name === undefined || nameOf(causeOf(each)) === name)
  const deadlines = causes.flatMap(({ deadline }) => (deadline === undefined ? [] : [deadline]))
  return deadlines.reduce<Timestamp | undefined>((first, each) => (first === undefined || each < first ? each : first), undefined)
}

async function remoteView(cause: Cause | undefined, desk: Desk): Promise<View> {
  const { config, own, ownTransactions, rootChain } = desk
  if (!config.watcher?.trusted) throw new LeavingRefusedError(cause?.type ?? 'a person’s wish', unconfirmed(config))
  const remote = createRemoteWatcher(config.watcher)
  const holdings = await remoteHoldings({ url: config.watcher.url, remote, own, archived: ownTransactions() })
  const [head, bad] = await Promise.all([rootChain.head(), firstBadOf(cause, remote)])
  const submitted = bad === undefined ? undefined : await rootChain.submittedBlock(bad)
  const firstBad = bad !== undefined && submitted && { blknum: bad, timestamp: submitted.timestamp }
  return { holdings, terms: { now: head.timestamp, ...(firstBad && { firstBad }) } }
}

async function firstBadOf(cause: Cause | undefined, remote: ReturnType<typeof createRemoteWatcher>): Promise<bigint | undefined> {
  const answer = await remote.status()
  const reported = answer.ok
    ? answer.status.reports.flatMap((parsed) =>
        parsed.is === 'report' && 'blknum' in parsed.report ? [parsed.report.blknum] : [],
      )
    : []
  const all = cause?.blknum === undefined ? reported : [...reported, cause.blknum]
  return all.reduce<bigint | undefined>((first, each) => (first === undefined || each < first ? each : first), undefined)
}

async function queuesAmong(tokens: ReadonlySet<Address>, { reader }: Desk): Promise<ReadonlySet<Address>> {
  const found = new Set<Address>()
  for (const token of tokens) if (await reader.hasExitQueue({ vaultId: vaultOf(token), token })) found.add(token)
  return found
}

function endedStart(snapshot: Snapshot | undefined, exitId: bigint): string | undefined {
  if (!snapshot) return undefined
  const { standardExits, inFlightExits, inFlightExitOf } = snapshot.game
  const standard = standardExits.get(exitId)
  if (standard?.status === 'finalized' || standard?.status === 'omitted')
    return formatOccurrence(standard.started.occurrence)
  const txHash = inFlightExitOf.get(exitId)
  const inFlight = txHash === undefined ? undefined : inFlightExits.get(txHash)
  return !inFlight || inFlight.status === 'open' ? undefined : formatOccurrence(inFlight.started.occurrence)
}

/** What own accounts have cannot be said now. */
class NoHoldingsError extends GuardError {
  override readonly code = 'NO_HOLDINGS'
  override readonly retryable = true

  constructor(why: string) {
    super(`Nobody can say what there is to bring home: ${why}.`, { why })
  }
}
