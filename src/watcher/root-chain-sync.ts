import type { Logger } from '../lib/logger.ts'
import { mapBounded } from './bounded.ts'
import type { ChainEvent, Facts, Reading } from './facts.ts'
import { commonAncestor } from './reorganisation.ts'
import { RootChainMovedError } from './root-chain-moved.ts'
import type { Head, RootChain, SubmittedBlock } from './root-chain.ts'

type Ports = { rootChain: RootChain; facts: Facts; log: Logger }

type Settings = {
  /** Where the contracts begin. */
  firstBlock: bigint
  /** How many blocks behind the head are left alone; 0 reads the head itself. */
  marginBlocks: bigint
}

/** `complete`: everything up to the margin below `head` has been read. */
export type Progress = { head: Head; complete: boolean }

const FIRST_RANGE = 1_000n
const LONGEST_RANGE = 10_000n
/** Read again each time: a node that lags behind its peers may have left out the logs of the newest blocks. */
const OVERLAP = 12n
const PARALLEL_READS = 8
/** As many times in a row the head must be below what was read. */
const SHORTER_AFTER = 3

/**
 * Reads the root chain into facts, one range at a call, and takes facts back when the chain takes blocks back. Facts
 * change in one step or not at all: after a failure, which is the node's or {@link RootChainMovedError}, they stand as
 * before, and the next range is shorter.
 */
export function createRootChainSync(ports: Ports, { firstBlock, marginBlocks }: Settings): () => Promise<Progress> {
  const { rootChain, facts } = ports
  const isShorter = createShortness()
  let longest = FIRST_RANGE
  return async () => {
    const head = await rootChain.head()
    const tips = facts.tips()
    const ancestor = (await commonAncestor(rootChain, head, tips)) ?? isShorter(head, tips)
    const target = head.number - marginBlocks
    const read = ancestor ?? facts.tips().at(-1)?.number ?? -1n
    const next = max(read + 1n, firstBlock)
    if (next > target) {
      takeBack(ports, ancestor)
      return { head, complete: true }
    }
    const to = min(target, next + longest - 1n)
    try {
      const tip = to === head.number ? head : await blockAt(rootChain, to)
      const reading = await readRange(rootChain, max(firstBlock, next - OVERLAP), tip)
      takeBack(ports, ancestor)
      merge(ports, reading)
    } catch (error) {
      longest = max(longest / 2n, 1n)
      throw error
    }
    longest = min(longest * 2n, LONGEST_RANGE)
    return { head, complete: to === target }
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

function takeBack({ facts, log }: Ports, ancestor: bigint | undefined): void {
  if (ancestor === undefined) return
  log.warn({ ancestor }, 'root chain reorganised')
  facts.dropAbove(ancestor)
}

async function readRange(rootChain: RootChain, from: bigint, tip: Head): Promise<Reading> {
  const { events, unreadable } = await rootChain.events(from, tip.number)
  const submitted = await readSubmitted(rootChain, events)
  if ((await blockAt(rootChain, tip.number)).hash !== tip.hash) throw new RootChainMovedError(tip.number)
  return { from, tip, events, unreadable, submitted }
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
function merge({ facts, log }: Ports, reading: Reading): void {
  const events = facts.events()
  const known = events.slice(events.findLastIndex(({ blockNumber }) => blockNumber < reading.from) + 1)
  if (known.every((event, at) => sameLog(event, reading.events[at]))) {
    facts.add({ ...reading, events: reading.events.slice(known.length) })
    return
  }
  log.warn({ from: reading.from }, 'root chain logs changed')
  facts.dropAbove(reading.from - 1n)
  facts.add(reading)
}

/** Two readings of one log. What was completed from the contract's present state may differ between them. */
function sameLog(one: ChainEvent, other: ChainEvent | undefined): boolean {
  return (
    other?.type === one.type &&
    other.blockHash === one.blockHash &&
    other.occurrence.txHash === one.occurrence.txHash &&
    other.occurrence.rank === one.occurrence.rank
  )
}

function min(left: bigint, right: bigint): bigint {
  return left < right ? left : right
}

function max(left: bigint, right: bigint): bigint {
  return left > right ? left : right
}
