import type { Condition } from '../exit-game/condition.ts'
import { standardExitableAt } from '../exit-game/deadlines.ts'
import { decodeUtxoPos } from '../plasma/position.ts'
import type { Timestamp } from '../plasma/units.ts'
import type { Deployment } from './deployment.ts'
import { identifyInFlightExit } from './identify-in-flight-exit.ts'
import type { LocatedExit, NamedExit } from './locate-standard-exit.ts'
import type { Locator } from './locator.ts'
import type { createRootChain } from './root-chain.ts'
import type { WatcherReport } from './watcher-report.ts'

type RootChain = Pick<ReturnType<typeof createRootChain>, 'locateStandardExit' | 'submittedBlock' | 'block'>

/** What the chain says to a report: the conditions that it is about, or why it is about none. */
export type Identified = { ok: true; conditions: readonly Condition[] } | { ok: false; why: string }

type Sources = {
  rootChain: RootChain
  locator: Locator
  deployment: Pick<Deployment, 'minExitPeriod'>
  /** Until which height something may have begun to be overdue now. */
  overdueSince: bigint
}

type StandardExitReport = Extract<WatcherReport, { event: 'invalid_exit' | 'unchallenged_exit' }>

/**
 * Finds on our own node what a Watcher's report speaks of, and takes everything but the accusation itself from there:
 * exit id, occurrence, amount, times. An exit that the contract no longer holds open gives no condition.
 *
 * @throws {@link RootChainUnavailableError}
 */
export async function identifyReport(report: WatcherReport, sources: Sources): Promise<Identified> {
  switch (report.event) {
    case 'invalid_exit':
    case 'unchallenged_exit':
      return identifyStandardExit(report, sources)
    case 'invalid_block':
    case 'block_withholding':
      return identifyBlock(report, sources)
    default: {
      const conditions = await identifyInFlightExit(report, sources)
      return conditions ? { ok: true, conditions } : { ok: false, why: 'the contract holds no such in-flight exit' }
    }
  }
}

type BlockReport = Extract<WatcherReport, { event: 'invalid_block' | 'block_withholding' }>

/** A block is what the framework holds under its number; a report about another root speaks of nothing. */
async function identifyBlock(report: BlockReport, { rootChain, locator, deployment }: Sources): Promise<Identified> {
  const { blknum, hash } = report
  const submitted = await rootChain.submittedBlock(blknum)
  if (submitted?.root !== hash) return { ok: false, why: 'the framework holds no such block' }
  const at = await locator.block({ blknum, timestamp: submitted.timestamp })
  if (!at) return { ok: false, why: 'the block was submitted too long ago' }
  const about = {
    ...{ blknum, hash, occurrence: at.occurrence, ethHeight: at.blockNumber },
    deadline: (submitted.timestamp + deployment.minExitPeriod - 1n) as Timestamp,
  }
  const condition: Condition =
    report.event === 'invalid_block'
      ? { type: report.event, ...about, errorType: report.error_type ?? 'not told' }
      : { type: report.event, ...about }
  return { ok: true, conditions: [condition] }
}

async function identifyStandardExit(
  report: StandardExitReport,
  { rootChain, deployment }: Pick<Sources, 'rootChain' | 'deployment'>,
): Promise<Identified> {
  const named: NamedExit = { utxoPos: report.utxo_pos, owner: report.owner, rootChainTxHash: report.root_chain_txhash }
  const located = await rootChain.locateStandardExit(named)
  if (!located) return { ok: false, why: 'the contract holds no such exit' }
  if (!located.state.exitable) return { ok: true, conditions: [] }
  const scheduledFinalizationTime = await exitableAt(located, { rootChain, deployment })
  if (scheduledFinalizationTime === undefined) return { ok: false, why: 'the framework holds no such block' }
  const { exitId, occurrence, blockNumber, state } = located
  const condition: Condition = {
    type: report.event,
    exitId,
    utxoPos: state.utxoPos,
    owner: state.exitTarget,
    currency: report.currency,
    amount: state.amount,
    rootChainTxHash: occurrence.txHash,
    scheduledFinalizationTime,
    ...(report.spending_txhash === undefined ? {} : { spendingTxHash: report.spending_txhash }),
    occurrence,
    ethHeight: blockNumber,
    deadline: scheduledFinalizationTime,
  }
  return { ok: true, conditions: [condition] }
}

async function exitableAt(
  { state, blockNumber }: LocatedExit,
  { rootChain, deployment }: Pick<Sources, 'rootChain' | 'deployment'>,
) {
  const [started, output] = await Promise.all([
    rootChain.block(blockNumber),
    rootChain.submittedBlock(decodeUtxoPos(state.utxoPos).blknum),
  ])
  if (!started || !output) return undefined
  const { minExitPeriod } = deployment
  return standardExitableAt({
    utxoPos: state.utxoPos,
    startedAt: started.timestamp,
    outputAt: output.timestamp,
    minExitPeriod,
  })
}
