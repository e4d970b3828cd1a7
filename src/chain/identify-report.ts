import type { Condition } from '../exit-game/condition.ts'
import { standardExitableAt } from '../exit-game/deadlines.ts'
import { decodeUtxoPos } from '../plasma/position.ts'
import type { Deployment } from './deployment.ts'
import type { LocatedExit, NamedExit } from './locate-standard-exit.ts'
import type { createRootChain } from './root-chain.ts'
import type { WatcherReport } from './watcher-report.ts'

type RootChain = Pick<ReturnType<typeof createRootChain>, 'locateStandardExit' | 'submittedBlock' | 'block'>

/** What the chain says to a report: the conditions that it is about, or why it is about none. */
export type Identified = { ok: true; conditions: readonly Condition[] } | { ok: false; why: string }

type StandardExitReport = Extract<WatcherReport, { event: 'invalid_exit' | 'unchallenged_exit' }>

/**
 * Finds on our own node what a Watcher's report speaks of, and takes everything but the accusation itself from there:
 * exit id, occurrence, amount, times. An exit that the contract no longer holds open gives no condition.
 *
 * @throws {@link RootChainUnavailableError}
 */
export async function identifyReport(
  report: WatcherReport,
  chain: { rootChain: RootChain; deployment: Deployment },
): Promise<Identified> {
  switch (report.event) {
    case 'invalid_exit':
    case 'unchallenged_exit':
      return identifyStandardExit(report, chain)
    default:
      return { ok: false, why: 'no process answers it' }
  }
}

async function identifyStandardExit(
  report: StandardExitReport,
  { rootChain, deployment }: { rootChain: RootChain; deployment: Deployment },
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
  { rootChain, deployment }: { rootChain: RootChain; deployment: Deployment },
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
