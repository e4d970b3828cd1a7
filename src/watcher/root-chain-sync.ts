import type { Logger } from '../lib/logger.ts'
import { mapBounded } from './bounded.ts'
import type { ChainEvent, Facts, Reading } from './facts.ts'
import { commonAncestor } from './reorganisation.ts'
import { RootChainMovedError } from './root-chain-moved.ts'
import type { Head, Notice, RootChain, SubmittedBlock } from './root-chain.ts'
import { shownTransactions } from './shown-transactions.ts'

type Ports = { rootChain: RootChain; facts: Facts; log: Logger }

type Settings = {
  /** Where the contracts begin. */
  firstBlock: bigint
  /** How many blocks behind the head are left alone; 0 reads the head itself. */
  marginBlocks: bigint
  /** A reorganisation of more blocks than this is not supposed to happen. */
  finalityBlocks: bigint
}

/** Blocks that were supposed to stay are gone: `to` is the last one that is still there. */
export type DeepReorganisation = { from: bigint; to: bigint }

/** `complete`: everything up to the margin below `head` has been read. `notices`: of what was read, some once more. */
export type Progress = { head: Head; complete: boolean; notices: readonly Notice[]; deep?: DeepReorganisation }

type Read = { reading: Reading; notices: readonly Notice[] }

const FIRST_RANGE = 1_000n
const LONGEST_RANGE = 10_000n
/** Read again each time: a node that lags behind its peers may have left out the logs of the newest blocks. */
export const OVERLAP = 12n
const PARALLEL_READS = 8
/** As many times in a row the head must be below what was read. */
const SHORTER_AFTER = 8

/**
 * Reads the root chain into facts, one range at a call, and takes facts back when the chain takes blocks back. Facts
 * change in one step or not at all: after a failure, which is the node's or {@link RootChainMovedError}, they stand as
 * before, and the next range is shorter.
 */
export function createRootChainSync(ports: Ports, settings: Settings): () => Promise<Progress> {
  const { rootChain, facts } = ports
  const isShorter = createShortness()
  const range = createRange()
  return async () => {
    const head = await rootChain.head()
    const tips = facts.tips()
    const ancestor = (await commonAncestor(rootChain, head, tips)) ?? isShorter(head, tips)
    const newest = tips.at(-1)?.number ?? -1n
    const deep = ancestor === undefined ? {} : sayReorganised(ports, settings, { from: newest, to: ancestor })
    const next = max((ancestor ?? newest) + 1n, settings.firstBlock)
    const target = head.number - settings.marginBlocks
    if (next > target) {
      if (ancestor !== undefined) await takeBack(facts, ancestor)
      return { head, complete: true, notices: [], ...deep }
    }
    const to = min(target, next + range.longest() - 1n)
    const notices = await range.trying(async () => {
      const tip = to === head.number ? head : await blockAt(rootChain, to)
      const read = await readRange(rootChain, max(settings.firstBlock, next - OVERLAP), tip)
      await merge(ports, read.reading, ancestor)
      return read.notices
    })
    return { head, complete: to === target, notices, ...deep }
  }
}

/** How much is read at a time: more after each success, less after each failure. */
function createRange() {
  let longest = FIRST_RANGE
  return {
    longest: () => longest,
    trying: async <Result>(work: () => Promise<Result>): Promise<Result> => {
      try {
        const result = await work()
        longest = min(longest * 2n, LONGEST_RANGE)
        return result
      } catch (error) {
        longest = max(longest / 2n, 1n)
        throw error
      }
    },
  }
}

/**
 * Where to go back to when the head stays below what was read. Once may be a node that is behind its peers; again and
 * again means that the chain has become shorter.
 */
function createShortness(): (head: Head, tips: readonly Head[]) => bigint | undefined {
  let times = 0
  return (head, tips) => {
    const newest = tips.at(-1)
    times = newest && newest.number > head.number ? times + 1 : 0
    if (times < SHORTER_AFTER) return undefined
    return tips.findLast(({ number }) => number <= head.number)?.number ?? -1n
  }
}

function sayReorganised(
  { log }: Ports,
  { finalityBlocks }: Settings,
  { from, to }: DeepReorganisation,
): Pick<Progress, 'deep'> {
  const facts = { ancestor: to, taken: from - to }
  if (from - to <= finalityBlocks) {
    log.warn(facts, 'root chain reorganised')
    return {}
  }
  log.error(facts, 'root chain reorganised beyond finality, rebuilding from the last common block')
  return { deep: { from, to } }
}

async function takeBack(facts: Facts, ancestor: bigint): Promise<void> {
  await facts.write((draft) => {
    draft.sight(shownTransactions(facts.eventsFrom(ancestor + 1n)))
    draft.dropAbove(ancestor)
  })
}

async function readRange(rootChain: RootChain, from: bigint, tip: Head): Promise<Read> {
  const { events, unreadable, notices } = await rootChain.events(from, tip.number)
  const submitted = await readSubmitted(rootChain, events)
  if ((await blockAt(rootChain, tip.number)).hash !== tip.hash) throw new RootChainMovedError(tip.number)
  return { reading: { from, tip, events, unreadable, submitted }, notices }
}

async function readSubmitted(
  rootChain: RootChain,
  events: readonly ChainEvent[],
): Promise<ReadonlyMap<bigint, SubmittedBlock>> {
  const blknums = events.flatMap((event) => (event.type === 'BlockSubmitted' ? [event.blknum] : []))
  const entries = await mapBounded(blknums, PARALLEL_READS, async (blknum) => {
    const block = await rootChain.submittedBlock(blknum)
    if (!block) throw new RootChainMovedError(blknum)
    return [blknum, block] as const
  })
  return new Map(entries)
}

async function blockAt(rootChain: RootChain, number: bigint): Promise<Head> {
  const block = await rootChain.block(number)
  if (!block) throw new RootChainMovedError(number)
  return block
}

/** Adds what is new. When the blocks that were read twice tell two stories, the newer one holds. */
async function merge({ facts, log }: Ports, reading: Reading, ancestor: bigint | undefined): Promise<void> {
  const known = facts
    .eventsFrom(reading.from)
    .filter(({ blockNumber }) => ancestor === undefined || blockNumber <= ancestor)
  const agree = known.every((event, at) => sameLog(event, reading.events[at]))
  if (!agree) log.warn({ from: reading.from }, 'root chain logs changed')
  const back = agree ? ancestor : min(ancestor ?? reading.from, reading.from - 1n)
  await facts.write((draft) => {
    if (back !== undefined) {
      draft.sight(shownTransactions(facts.eventsFrom(back + 1n)))
      draft.dropAbove(back)
    }
    draft.add(agree ? { ...reading, events: reading.events.slice(known.length) } : reading)
  })
}

/**
 * Two readings of one log. What was completed from the contract's present state may differ between them; but the bytes
 * of a deposit, once they were found, make it another one.
 */
function sameLog(one: ChainEvent, other: ChainEvent | undefined): boolean {
  return (
    other?.type === one.type &&
    other.blockHash === one.blockHash &&
    other.occurrence.txHash === one.occurrence.txHash &&
    other.occurrence.rank === one.occurrence.rank &&
    !isFuller(one, other)
  )
}

function isFuller(one: ChainEvent, other: ChainEvent): boolean {
  const areDeposits = one.type === 'DepositCreated' && other.type === 'DepositCreated'
  return areDeposits && one.transaction === undefined && other.transaction !== undefined
}

function min(left: bigint, right: bigint): bigint {
  return left < right ? left : right
}

function max(left: bigint, right: bigint): bigint {
  return left > right ? left : right
}
