import type { Deployment } from '../chain/deployment.ts'
import type { Node } from '../chain/node.ts'
import { createOperator } from '../chain/operator.ts'
import { createRootChain } from '../chain/root-chain.ts'
import type { Config } from '../config.ts'
import type { Logger } from '../lib/logger.ts'
import { sleep } from '../lib/sleep.ts'
import { alwaysSame } from './same-chain.ts'
import { slaMarginOf } from './sla-margin.ts'
import { withholdingOf } from './withholding.ts'
import { decodeUtxoPos } from '../plasma/position.ts'
import type { Recovery } from '../plasma/recovered-transaction.ts'
import type { UtxoPos } from '../plasma/units.ts'
import { createFacts } from '../store/facts.ts'
import { openLedgerDatabase } from '../store/ledger-database.ts'
import { createVerifier } from '../verifier/verifier.ts'
import type { TransactionArchive } from '../watcher/transaction-archive.ts'
import { createWatcher, type Watcher } from '../watcher/watcher.ts'

type Parts = { node: Node; deployment: Deployment; archive: TransactionArchive; log: Logger }

type Settings = {
  childChain: NonNullable<Config['childChain']>
  /** Where the ledger lies. */
  data: string
  /** How deep a root chain event must be to count; 0 takes what the head holds. */
  marginBlocks: bigint
}

/** `recovery`: how it checks signatures, for whoever has some of his own to check. */
export type Verification = Watcher & { recovery: Recovery }

/** Ethereum makes a block every twelve seconds; a second's delay is nothing, and a node can bear the question. */
const PACE = { intervalMs: 1_000, longestMs: 30_000 }

/** The guard's own verification, where the configuration has one: events count from `confirmations` on. */
export async function openVerification(config: Config, parts: Parts): Promise<Verification | undefined> {
  const { childChain, data, rootChain } = config
  if (!childChain) return undefined
  return createVerification({ childChain, data, marginBlocks: BigInt(rootChain.confirmations - 1) }, parts)
}

/**
 * Our own verification of the child chain, as the configuration describes it. It holds the ledger and its workers from
 * now on until its run has ended, so it must be run.
 *
 * @throws GuardError when the ledger cannot be used (another chain's, corrupt, held by another process), or when the SLA
 * margin is longer than an exit takes.
 */
export async function createVerification(
  { childChain, data, marginBlocks }: Settings,
  { node, deployment, archive, log }: Parts,
): Promise<Verification> {
  const { framework, minExitPeriod, chainId } = deployment
  // Whatever can be refused is refused before there are threads, which would keep a failed process alive.
  const slaMarginBlocks = slaMarginOf(childChain, minExitPeriod)
  const database = openLedgerDatabase(data, { chainId, framework })
  const facts = createFacts({ database, log })
  const verifier = await createVerifier({ framework, log })
  // What the exiting output was made of, for exits that somebody starts through a contract of his own.
  const creating = (utxoPos: UtxoPos) => facts.ledger.rawTransaction(decodeUtxoPos(utxoPos))
  const watcher = createWatcher(
    {
      rootChain: alwaysSame(createRootChain({ node, deployment, archive: creating }), { node, chainId }),
      operator: createOperator(childChain),
      facts,
      checks: verifier.check,
      archive,
      log,
      sleep,
    },
    {
      ...verifier.recovery,
      framework,
      minExitPeriod,
      withholdingSeconds: withholdingOf(childChain, minExitPeriod),
      slaMarginBlocks,
      marginBlocks,
      pace: PACE,
    },
  )
  return {
    ...watcher,
    recovery: { framework, ...verifier.recovery },
    run: async (signal) => {
      try {
        await watcher.run(signal)
      } finally {
        await verifier.close()
        database.close()
      }
    },
  }
}
