import type { Deployment } from '../chain/deployment.ts'
import { createExitGameReader } from '../chain/exit-game.ts'
import type { Node } from '../chain/node.ts'
import { createRootChain } from '../chain/root-chain.ts'
import { createChainAccess } from '../chain/transactions.ts'
import type { Config } from '../config.ts'
import { formatOccurrence } from '../events/identity.ts'
import type { At } from '../exit-game/contract-event.ts'
import type { ExitGame } from '../exit-game/exit-game.ts'
import type { ExitPlan } from '../exit-game/exit-plan.ts'
import { tokensOf, type Holdings } from '../exit-game/holdings.ts'
import { planExit } from '../exit-game/plan-exit.ts'
import { isOutputSpent } from '../exit-game/spent-outputs.ts'
import { vaultOf } from '../exit-game/vault.ts'
import { toHex } from '../lib/bytes.ts'
import { createTrust, refusalOf } from './leaving-trust.ts'
import { viewHoldings } from './leaving-view.ts'
import { createOwnTransactions } from './own-transactions.ts'
import { slaMarginOf } from './sla-margin.ts'
import { keccak } from '../plasma/keccak.ts'
import type { Address, Timestamp, Wei } from '../plasma/units.ts'
import type { Cause, Leaving } from '../tasks/leaving.ts'
import type { Snapshot } from '../watcher/snapshot.ts'
import type { TransactionArchive } from '../watcher/transaction-archive.ts'
import type { Verification } from './verification.ts'

type Parts = {
  node: Node
  deployment: Deployment
  archive: Pick<TransactionArchive, 'list'>
  own: ReadonlySet<Address>
  /** Our own verification, where the configuration has one. */
  verification: Pick<Verification, 'snapshot' | 'onHead' | 'recovery'> | undefined
}

/**
 * Leaving, as tasks and commands ask for it: what there is to bring home, whether the guard stands behind a cause, what
 * the contracts say about queues and prices. A plan without a cause is a person's decision.
 */
export function createLeaving(
  config: Config,
  { node, deployment, archive, own, verification }: Parts,
): Leaving & { plan: (cause?: Cause) => Promise<ExitPlan> } {
  const { framework, minExitPeriod } = deployment
  const reader = createExitGameReader(node, deployment)
  const rootChain = createRootChain({ node, deployment })
  const chain = createChainAccess(node)
  const ownTransactions = createOwnTransactions(archive, framework)
  const assertTrusted = createTrust(config, {
    verification,
    slaMarginBlocks: slaMarginOf(config.childChain, minExitPeriod),
    ageOf: async (txHash) => {
      const [head, receipt] = await Promise.all([chain.head(), chain.receipt([txHash])])
      return receipt && head.number - receipt.blockNumber
    },
  })
  const seen = { own, verification, rootChain, ownTransactions }
  const deadlines = new Map<bigint, Timestamp>()
  return {
    refusal: refusalOf(config),
    plan: async (cause) => {
      if (cause) await assertTrusted(cause)
      const { holdings, terms } = await viewHoldings(config, seen, cause)
      const queues = await queuesFor(holdings, reader)
      const plan = planExit(holdings, { ...terms, own, minExitPeriod, queues })
      for (const { exitId, deadline } of [...plan.inFlightExits, ...plan.standardExits]) {
        if (deadline !== undefined) deadlines.set(exitId, deadline)
      }
      return plan
    },
    deadlineOf: (exitId) => deadlines.get(exitId),
    hasPaidOn: async (inFlightTx, outputIndex) => {
      if (!config.childChain && !config.watcher?.trusted) return false
      const { holdings } = await viewHoldings(config, seen, undefined)
      return isOutputSpent({ txHash: toHex(keccak(inFlightTx)), outputIndex }, holdings)
    },
    feePerGas: async () => {
      const { baseFee, tip } = await chain.head()
      return (baseFee + tip) as Wei
    },
    endedStart: (exitId) => endedStart(verification?.snapshot(), exitId),
  }
}

/** The tokens of these holdings that have an exit queue. */
async function queuesFor(
  holdings: Holdings,
  { hasExitQueue }: Pick<ReturnType<typeof createExitGameReader>, 'hasExitQueue'>,
): Promise<ReadonlySet<Address>> {
  const found = new Set<Address>()
  for (const token of tokensOf(holdings)) if (await hasExitQueue({ vaultId: vaultOf(token), token })) found.add(token)
  return found
}

function endedStart(snapshot: Snapshot | undefined, exitId: bigint): string | undefined {
  const started = snapshot && (endedStandardExit(snapshot.game, exitId) ?? endedInFlightExit(snapshot.game, exitId))
  return started && formatOccurrence(started.occurrence)
}

function endedStandardExit({ standardExits }: ExitGame, exitId: bigint): At | undefined {
  const exit = standardExits.get(exitId)
  return exit?.status === 'finalized' || exit?.status === 'omitted' ? exit.started : undefined
}

function endedInFlightExit({ inFlightExits, inFlightExitOf }: ExitGame, exitId: bigint): At | undefined {
  const txHash = inFlightExitOf.get(exitId)
  const exit = txHash === undefined ? undefined : inFlightExits.get(txHash)
  return exit?.status === 'open' ? undefined : exit?.started
}
