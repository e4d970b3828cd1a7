import { getAbiItem, toEventSelector } from 'viem'
import type { At } from '../exit-game/contract-event.ts'
import type { Address, Hash, Timestamp } from '../plasma/units.ts'
import { frameworkAbi } from './abi.ts'
import { readHead } from './blocks.ts'
import type { LogPlacer } from './log-placer.ts'
import type { LogReader } from './logs.ts'
import type { Node } from './node.ts'
import { searchBack } from './search-back.ts'
import type { LogEntry } from './shapes.ts'

type Sources = { node: Node; framework: Address; logs: LogReader; place: LogPlacer }

/** A child block as the framework holds it: its number, and when it was submitted. */
type Submitted = { blknum: bigint; timestamp: Timestamp }

/**
 * Finds the log that submitted a child block, whose number no topic holds. Undefined when it is too old to be found.
 *
 * @throws {@link RootChainUnavailableError}
 */
export function createBlockLocator({
  node,
  framework,
  logs,
  place,
}: Sources): (block: Submitted) => Promise<At | undefined> {
  const located = new Map<string, At>()
  return async ({ blknum, timestamp }) => {
    const name = `${blknum}:${timestamp}`
    const before = located.get(name)
    if (before) return before
    const { number: head } = await readHead(node)
    const query = { addresses: [framework], topics: [SUBMITTED] }
    const found = await searchBack({
      head,
      read: (range) => logs({ ...query, ...range }),
      // Numbers only grow, so an older block shows that the step before was far enough.
      enough: (submissions) => submissions.some((log) => blknumOf(log) <= blknum),
    })
    const log = found.findLast((submission) => blknumOf(submission) === blknum)
    const at = log && (await place(log))
    if (at) located.set(name, at)
    return at
  }
}

/** The event's only field. */
function blknumOf({ data }: LogEntry): bigint {
  return data === '0x' ? 0n : BigInt(data.slice(0, 66))
}

const SUBMITTED = toEventSelector(getAbiItem({ abi: frameworkAbi, name: 'BlockSubmitted' })) as Hash
