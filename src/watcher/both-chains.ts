import type { Logger } from '../lib/logger.ts'
import type { Recovery } from '../plasma/recovered-transaction.ts'
import type { Timestamp } from '../plasma/units.ts'
import { oncePerBlock, type BlockChecks } from './block-checks.ts'
import { createCatchUp, standsStill } from './catch-up.ts'
import { createChildChain, type ChildChain } from './child-chain.ts'
import { createDownloads, type Downloads } from './downloads.ts'
import type { Facts } from './facts.ts'
import { createFold } from './fold.ts'
import type { Operator } from './operator.ts'
import { createRootChainSync, OVERLAP, type Progress } from './root-chain-sync.ts'
import type { RootChain } from './root-chain.ts'
import type { Snapshot } from './snapshot.ts'
import { takeSnapshot, type Rules, type Sight } from './take-snapshot.ts'
import type { TransactionArchive } from './transaction-archive.ts'
import type { Wanted } from './wanted.ts'

export type ChainPorts = {
  rootChain: RootChain
  /** Without one, no child block is known, and exits are judged by what the root chain shows. */
  operator: Pick<Operator, 'block'> | undefined
  facts: Facts
  checks: BlockChecks
  archive: Pick<TransactionArchive, 'list'>
  log: Logger
}

export type ChainConfig = Rules &
  Recovery & {
    /** Where the contracts begin on the root chain. */
    firstBlock?: bigint
    /** How many blocks deep an event must be to count; 0 takes what the head holds. */
    marginBlocks?: bigint
    /** A reorganisation deeper than this many blocks is an alarm. */
    finalityBlocks?: bigint
  }

/** Two chains and what follows from them. */
export type BothChains = {
  /** Reads the root chain one range further. Notices from before the first look ever are no news. */
  read: () => Promise<Progress>
  /** Asks for the child blocks that are missing. */
  want: (now: Timestamp) => void
  /** Applies what can be applied, and calls `applied` after each block. */
  catchUp: (signal: AbortSignal, applied: () => void) => Promise<void>
  /** Whether the ledger has come to where the root chain is, or cannot get there, since facts were last taken back. */
  hasCaughtUp: () => boolean
  judge: (sight: Sight) => Snapshot
  stop: () => void
}

/** Two epochs of Ethereum's proof of stake. */
const FINALITY_BLOCKS = 64n

/** Facts, and everything that is made of them. `settled` is called whenever a download has ended. */
export function createBothChains(ports: ChainPorts, config: ChainConfig, settled: () => void): BothChains {
  const { rootChain, operator, facts, checks, archive, log } = ports
  const { firstBlock = 0n, marginBlocks = 0n, finalityBlocks = FINALITY_BLOCKS } = config
  const { missingSince } = facts
  const downloads = operator ? createDownloads({ operator, missingSince, log, settled }) : NO_DOWNLOADS
  const fold = createFold(facts, config)
  const childChain = createChildChain({ facts, downloads, checks: oncePerBlock(checks), recovery: config })
  const catchUp = createCatchUp({ facts, fold, childChain, downloads, archive })
  const sync = createRootChainSync({ rootChain, facts, log }, { firstBlock, marginBlocks, finalityBlocks })
  const recheck = createRecheck()
  let knownTo = lastKnown(facts)
  let caughtUpIn: number | undefined
  const isThere = () => !operator || facts.ahead(1).length === 0 || standsStill(childChain, downloads)
  return {
    read: async () => {
      const { notices, ...progress } = await sync()
      fold.refresh()
      knownTo ??= progress.head.number
      const before = knownTo
      return { ...progress, notices: notices.filter(({ blockNumber }) => blockNumber > before) }
    },
    want: (now) => {
      downloads.want([...recheck(childChain, now), ...catchUp.missing()], now)
    },
    catchUp: catchUp.run,
    hasCaughtUp: () => {
      if (isThere()) caughtUpIn = facts.generation()
      return caughtUpIn === facts.generation()
    },
    judge: (sight) => takeSnapshot({ fold, facts, childChain, downloads }, sight, config),
    stop: downloads.stop,
  }
}

/** A little before the last reading: a process that was killed may have read a notice without telling it. */
function lastKnown(facts: Facts): bigint | undefined {
  const newest = facts.tips().at(-1)?.number
  return newest === undefined ? undefined : newest - OVERLAP
}

const NO_DOWNLOADS: Downloads = {
  want() {},
  served: () => undefined,
  forget() {},
  failure: () => undefined,
  hasFailed: () => false,
  news: () => [],
  stop() {},
}

const RECHECK_SECONDS = 60n

/** A bad block is asked for again, soon and then now and then: only its root is on the chain, not what was served. */
function createRecheck(): (childChain: ChildChain, now: Timestamp) => readonly Wanted[] {
  let next = 0n
  return (childChain, now) => {
    const halt = childChain.halt()
    if (halt?.because === 'doubtful') return [halt]
    if ((halt?.because !== 'invalid' && halt?.because !== 'unchecked') || now < next) return []
    next = now + RECHECK_SECONDS
    return [halt]
  }
}
