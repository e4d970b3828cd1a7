import { createChainAccess } from '../chain/transactions.ts'
import type { Deployment } from '../chain/deployment.ts'
import type { Node } from '../chain/node.ts'
import type { Signer } from '../chain/signer.ts'
import { signs, type Config } from '../config.ts'
import type { Alarm } from '../lib/alarm.ts'
import type { Logger } from '../lib/logger.ts'
import { sleep } from '../lib/sleep.ts'
import { createAdvising } from './advise.ts'
import { ownAddresses, responderOf } from './signers.ts'
import type { Database } from '../store/database.ts'
import { createIntentStore } from '../store/intents.ts'
import type { World } from '../tasks/task.ts'
import { createTxManager } from '../tx/tx-manager.ts'

type Sending = { submit: World['submit']; resume: (options?: { begin: boolean }) => Promise<void> }

const POLL_MS = 1_000
const STUCK_AFTER_BLOCKS = 3

/**
 * How answers leave this process: sent, or, in modes that sign nothing, told. `signal` ends every wait. `raise`: who
 * hears of what was refused or is stuck; the log when absent.
 */
export function createSending(
  config: Config,
  {
    node,
    deployment,
    signers,
    database,
    log,
    raise = logAlarm(log),
  }: {
    node: Node
    deployment: Deployment
    signers: readonly Signer[]
    database: Database
    log: Logger
    raise?: (alarm: Alarm) => Promise<void>
  },
  signal: AbortSignal,
): Sending {
  const chain = createChainAccess(node)
  if (!signs(config.mode)) {
    const responder = responderOf(ownAddresses(config.accounts, signers))
    return { submit: createAdvising({ chain, responder }, log), resume: async () => {} }
  }
  return createTxManager(
    { chain, store: createIntentStore(database), accounts: signers, raise, log, sleep },
    {
      ...config.policy,
      chainId: deployment.chainId,
      confirmations: config.rootChain.confirmations,
      pollMs: POLL_MS,
      stuckAfterBlocks: STUCK_AFTER_BLOCKS,
      bondSeconds: 2n * deployment.minExitPeriod,
    },
    signal,
  )
}

function logAlarm(log: Logger): (alarm: Alarm) => Promise<void> {
  return ({ message, ...facts }) => {
    log.error(facts, message)
    return Promise.resolve()
  }
}
