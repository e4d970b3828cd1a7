import { GuardError } from '../../src/lib/errors.ts'
import type { Hash, Timestamp } from '../../src/plasma/units.ts'
import type { At, Occurrence } from '../../src/exit-game/contract-event.ts'
import type { ChainEvent } from '../../src/watcher/facts.ts'
import type { Head, Notice, RootChain, SubmittedBlock, UnreadableEvent } from '../../src/watcher/root-chain.ts'

type WithoutAt<Event> = Event extends unknown ? Omit<Event, keyof At> : never
/** An event before it is mined. */
export type Said = WithoutAt<ChainEvent>

type Block = {
  head: Head
  events: ChainEvent[]
  notices: Notice[]
  unreadable: UnreadableEvent[]
  root?: [bigint, SubmittedBlock]
}

const GENESIS_TIME = 1_600_000_000n
const BLOCK_SECONDS = 15n

/** A root chain as a list, with the tricks that real ones play. */
export function fakeRootChain() {
  let blocks: Block[] = []
  let fork = 0
  let mined = 0
  let extraSeconds = 0n
  let broken = false
  const asked: string[] = []

  const text = (kind: string, number: number) =>
    `0x${kind}${fork.toString(16).padStart(6, '0')}${number.toString(16).padStart(56, '0')}` as Hash

  function mine(...said: Said[]): Occurrence[] {
    const number = BigInt(blocks.length)
    const timestamp = (GENESIS_TIME + number * BLOCK_SECONDS + extraSeconds) as Timestamp
    const head: Head = { number, hash: text('bb', blocks.length), timestamp }
    const events = said.map((each) => {
      const occurrence = { txHash: text('aa', mined++), rank: 0 }
      return { ...each, blockNumber: number, blockHash: head.hash, timestamp, occurrence }
    })
    blocks.push({ head, events, notices: [], unreadable: [] })
    return events.map(({ occurrence }) => occurrence)
  }

  /** Mines a block with the framework's record of it. */
  function submit(blknum: bigint, root: Hash): Occurrence {
    const [occurrence] = mine({ type: 'BlockSubmitted', blknum })
    const block = blocks.at(-1)
    if (!block || !occurrence) throw new Error('nothing was mined')
    block.root = [blknum, { root, timestamp: block.head.timestamp }]
    return occurrence
  }

  function reorganise(keep: number): void {
    blocks = blocks.slice(0, keep)
    fork++
  }

  function answer<T>(name: string, value: () => T): Promise<T> {
    asked.push(name)
    return broken ? Promise.reject(new NodeDownError('the node does not answer')) : Promise.resolve(value())
  }

  const roots = () => new Map(blocks.flatMap(({ root }) => (root ? [root] : [])))

  const port: RootChain = {
    head: () =>
      answer('head', () => {
        const newest = blocks.at(-1)
        if (!newest) throw new NodeDownError('the chain is empty')
        return newest.head
      }),
    block: (number) => answer(`block ${number}`, () => blocks[Number(number)]?.head),
    events: (from, to) =>
      answer(`events ${from}-${to}`, () => {
        const range = blocks.slice(Number(from), Number(to) + 1)
        return {
          events: range.flatMap(({ events }) => events),
          notices: range.flatMap(({ notices }) => notices),
          unreadable: range.flatMap(({ unreadable }) => unreadable),
        }
      }),
    submittedBlock: (blknum) => answer(`submitted ${blknum}`, () => roots().get(blknum)),
    nextChildBlock: () => answer('next', () => BigInt(roots().size + 1) * 1000n),
  }

  mine()
  return {
    port,
    asked,
    mine,
    submit,
    reorganise,
    height: () => blocks.length - 1,
    head: () => blocks.at(-1)?.head,
    /** Mines empty blocks. */
    wait: (count: number) => {
      for (let at = 0; at < count; at++) mine()
    },
    /** Lets chain time pass before the next block. */
    pass: (seconds: bigint) => {
      extraSeconds += seconds
    },
    breakDown: () => {
      broken = true
    },
    recover: () => {
      broken = false
    },
    unreadable: (event: Omit<UnreadableEvent, 'blockNumber'>) => {
      mine()
      const block = blocks.at(-1)
      block?.unreadable.push({ ...event, blockNumber: block.head.number })
    },
    /** Has the contracts say something beside exits and blocks. */
    notice: (notice: Omit<Extract<Notice, { type: 'VaultRegistered' }>, keyof At>) => {
      mine()
      const block = blocks.at(-1)
      const occurrence = { txHash: text('cc', mined++), rank: 0 }
      if (!block) return
      const { number: blockNumber, hash: blockHash, timestamp } = block.head
      block.notices.push({ ...notice, blockNumber, blockHash, timestamp, occurrence })
    },
    /** What the node forgets to say about a block, as one that lags behind its peers does. */
    hide: (number: number): ChainEvent[] => blocks[number]?.events.splice(0) ?? [],
    show: (number: number, events: ChainEvent[]) => blocks[number]?.events.push(...events),
  }
}

class NodeDownError extends GuardError {
  override readonly code = 'NODE_DOWN'
  override readonly retryable = true
}
