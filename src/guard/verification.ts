import type { Deployment } from '../chain/deployment.ts'
import type { Node } from '../chain/node.ts'
import { createOperator } from '../chain/operator.ts'
import { createRootChain } from '../chain/root-chain.ts'
import type { Config } from '../config.ts'
import type { Logger } from '../lib/logger.ts'
import { sleep } from '../lib/sleep.ts'
import type { UtxoPos } from '../plasma/units.ts'
import type { TransactionArchive } from '../watcher/transaction-archive.ts'
import { createWatcher, type Watcher } from '../watcher/watcher.ts'

type Parts = { node: Node; deployment: Deployment; archive: TransactionArchive; log: Logger }

/** Ethereum makes a block every twelve seconds; a second's delay is nothing, and a node can bear the question. */
const PACE = { intervalMs: 1_000, longestMs: 30_000 }

/**
 * Our own verification of the child chain, as the configuration describes it.
 *
 * @param marginBlocks - How deep a root chain event must be to count; 0 takes what the head holds.
 */
export function createVerification(
  childChain: NonNullable<Config['childChain']>,
  { node, deployment, archive, log }: Parts,
  marginBlocks: bigint,
): Watcher {
  // What the exiting output was made of, for exits that somebody starts through a contract of his own.
  const creating = (utxoPos: UtxoPos) => watcher.snapshot()?.evidence.creatingTransaction(utxoPos)
  const rootChain = createRootChain({ node, deployment, archive: creating })
  const watcher = createWatcher(
    { rootChain, operator: createOperator(childChain), archive, log, sleep },
    {
      framework: deployment.framework,
      minExitPeriod: deployment.minExitPeriod,
      withholdingSeconds: childChain.withholdingSeconds,
      slaMarginBlocks: childChain.slaMarginBlocks,
      marginBlocks,
      pace: PACE,
    },
  )
  return watcher
}
