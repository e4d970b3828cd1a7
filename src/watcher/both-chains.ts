import type { Logger } from '../lib/logger.ts'
import type { Recovery } from '../plasma/recovered-transaction.ts'
import type { Timestamp } from '../plasma/units.ts'
import { createBlockChecks } from './block-checks.ts'
import { createCatchUp, standsStill } from './catch-up.ts'
import { createChildChain, type ChildChain } from './child-chain.ts'
import { createDownloads, type Downloads, type Wanted } from './downloads.ts'
import { createFacts } from './facts.ts'
import { createFold } from './fold.ts'
import type { Operator } from './operator.ts'
import { createRootChainSync, type Progress } from './root-chain-sync.ts'
import type { RootChain } from './root-chain.ts'
import type { Snapshot } from './snapshot.ts'
import { takeSnapshot, type Rules, type Sight } from './take-snapshot.ts'
import type { TransactionArchive } from './transaction-archive.ts'
import { createWitness } from './witness.ts'

export type ChainPorts = {
  rootChain: RootChain
  /** Without one, no child block is known, and exits are judged by what the root chain shows. */
  operator: Pick<Operator, 'block'> | undefined
  archive: Pick<TransactionArchive, 'list'>
  log: Logger
}

export type ChainConfig = Rules &
  Recovery & {
    /** Where the contracts begin on the root chain. */
    firstBlock?: bigint
    /** How many blocks deep an event must be to count; 0 takes what the head holds. */
    marginBlocks?: bigint
  }

/** Two chains and what follows from them. */
export type BothChains = {
  /** Reads the root chain one range further. */
  read: () => Promise<Progress>
  /** Asks for the child blocks that are missing. */
  want: (now: Timestamp) => void
  /** Applies what can be applied. */
  catchUp: (signal: AbortSignal) => Promise<void>
  /** Whether the ledger is where the root chain is, or cannot get there. */
  isCaughtUp: () => boolean
  judge: (sight: Sight) => Snapshot
  stop: () => void
}

/** Facts, and everything that is made of them. `settled` is called whenever a download has ended. */
export function createBothChains(ports: ChainPorts, config: ChainConfig, settled: () => void): BothChains {
  const { rootChain, operator, archive, log } = ports
  const { firstBlock = 0n, marginBlocks = 0n } = config
  const facts = createFacts()
  const witness = createWitness(config)
  const checks = createBlockChecks(config)
  const downloads = operator ? createDownloads({ operator, log, settled }) : NO_DOWNLOADS
  const fold = createFold({
    facts,
    recovery: config,
    beginChildChain: () => createChildChain({ facts, downloads, checks, witness, log }),
  })
  const sync = createRootChainSync({ rootChain, facts, log }, { firstBlock, marginBlocks })
  const recheck = createRecheck()
  return {
    read: async () => {
      const progress = await sync()
      fold.refresh()
      return progress
    },
    want: (now) => {
      const missing = fold
        .childChain()
        .pending()
        .filter((block) => !downloads.served(block))
      downloads.want([...recheck(fold.childChain(), now), ...missing], now)
    },
    catchUp: createCatchUp({ fold, downloads, witness, archive }),
    isCaughtUp: () => !operator || !fold.childChain().halt() || standsStill(fold.childChain(), downloads),
    judge: (sight) => takeSnapshot({ fold, facts, downloads }, sight, config),
    stop: downloads.stop,
  }
}

const NO_DOWNLOADS: Downloads = { want() {}, served: () => undefined, failure: () => undefined, stop() {} }

const RECHECK_SECONDS = 60n

/** A bad block is asked for again, soon and then now and then: only its root is on the chain, not what was served. */
function createRecheck(): (childChain: ChildChain, now: Timestamp) => readonly Wanted[] {
  let next = 0n
  return (childChain, now) => {
    const halt = childChain.halt()
    if (halt?.because === 'doubtful') return [halt]
    if (halt?.because !== 'invalid' || now < next) return []
    next = now + RECHECK_SECONDS
    return [halt]
  }
}
