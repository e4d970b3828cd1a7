import { elect, majority, quorumOf, type Seen } from './nodes-election.ts'
import { gather } from './nodes-patience.ts'
import type { Peer } from './nodes-peer.ts'
import { blockOf, createSightings, PATIENCE_MS, type Sighting } from './nodes-sightings.ts'

/** The nodes that have the newest block that counts, and that block as one of them gave it. */
export type Side = { height: bigint; hash: string; block: unknown; peers: readonly Peer[]; at: number }

/** What a look at all nodes came to; in words of ours where it came to nothing. */
export type Look = { is: 'side'; side: Side } | { is: 'failure'; reason: string; disagree?: true }

type Settings = Parameters<typeof createSightings>[0]

/** How long a block that was handed out is asked for in vain before the chain counts as shorter. */
const HOLD_MS = 15_000

/** Looks at all nodes: which of them are on the right chain and up to date, and which block is the newest that counts. */
export function createLooks({ peers, agreement, now }: Settings): () => Promise<Look> {
  const sightings = createSightings({ peers, agreement, now })
  const holds = createFloor({ peers, now })

  return async () => {
    const seen = await sightings()
    const election = elect(seen, agreement)
    if (!election) return { is: 'failure', reason: reasonOf(peers, seen.length) }
    for (const { peer } of seen) peer.health.lagging = election.laggards.includes(peer)
    const blocks = await atHeight(election.voters, election.height)
    const same = majority(blocks, quorumOf(blocks.length, agreement), (block) => block.hash)
    if (!same) return { is: 'failure', reason: 'the nodes have different blocks', disagree: true }
    for (const block of blocks) block.peer.health.forked = !same.includes(block)
    const [{ hash: blockHash, raw } = { hash: '', raw: undefined }] = same
    const side = {
      height: election.height,
      hash: blockHash,
      block: raw,
      peers: same.map(({ peer }) => peer),
      at: now(),
    }
    return holds(side) ? { is: 'side', side } : { is: 'failure', reason: 'no node has the newest block that was seen' }
  }
}

/** Asks those for the block at a height who have shown a newer one. */
async function atHeight(voters: readonly Seen<Peer>[], height: bigint): Promise<readonly Sighting[]> {
  const asked = voters
    .filter(({ head }) => head >= height)
    .map((seen) => (seen.head === height ? Promise.resolve(seen as Sighting) : blockOf(seen.peer, height)))
  const found = await gather(asked, { longestMs: PATIENCE_MS, patience: () => undefined })
  return found.filter((sighting) => sighting !== undefined)
}

/**
 * Whether a side has every block that was handed out before. It need not when no node shows that block any more: then
 * the chain has become shorter; nor for ever, since the node that showed it may be gone.
 */
function createFloor({ peers, now }: Pick<Settings, 'peers' | 'now'>): (side: Side) => boolean {
  let floor = 0n
  let reachedAt = -Infinity
  return ({ height }) => {
    const isShown = peers.some(({ health }) => !health.wrongChain && (health.head ?? 0n) >= floor)
    if (height < floor && isShown && now() - reachedAt < HOLD_MS) return false
    floor = height
    reachedAt = now()
    return true
  }
}

function reasonOf(peers: readonly Peer[], answered: number): string {
  if (answered > 0) return 'too few nodes answer'
  if (peers.some(({ health }) => health.wrongChain)) return 'no node of the right chain answers'
  return (
    peers.map(({ health }) => health.lastFailure).find((reason) => reason !== undefined) ?? 'no connection or no json'
  )
}
