import { z } from 'zod'
import { elect, majority, quorumOf, type Seen } from './nodes-election.ts'
import { createIdentities } from './nodes-identity.ts'
import { gather } from './nodes-patience.ts'
import type { Peer } from './nodes-peer.ts'
import { hash, quantity } from './shapes.ts'

/** The nodes that have the newest block that counts, and that block as one of them gave it. */
export type Side = { height: bigint; hash: string; block: unknown; peers: readonly Peer[]; at: number }

/** What a look at all nodes came to; in words of ours where it came to nothing. */
export type Look = { is: 'side'; side: Side } | { is: 'failure'; reason: string; disagree?: true }

type Settings = { peers: readonly Peer[]; agreement: number | undefined; now: () => number }
type Sighting = Seen<Peer> & { hash: string; raw: unknown }

const GRACE_MS = 300
const PATIENCE_MS = 2_000
/** A node slower than this is not waited for while there are others. */
const SLOW_MS = 1_500
/** How long a block that was handed out is asked for in vain before the chain counts as shorter. */
const HOLD_MS = 15_000

/** Looks at all nodes: which of them are on the right chain and up to date, and which block is the newest that counts. */
export function createLooks({ peers, agreement, now }: Settings): () => Promise<Look> {
  const identities = createIdentities(peers, now)
  const holds = createFloor({ peers, now })

  const probed = new Set<Peer>()

  async function sightings(): Promise<readonly Sighting[]> {
    const steady = peers.filter((peer) => isSteady(peer, now()))
    const others = peers.filter((peer) => !steady.includes(peer))
    const found = await sight(steady)
    if (found.length >= (agreement ?? 1)) {
      for (const peer of others) if (peer.health.restUntil <= now()) void probe(peer)
      return found
    }
    return [...found, ...(await sight(others))]
  }

  async function sight(asked: readonly Peer[]): Promise<readonly Sighting[]> {
    const due = identities.due(asked)
    const enough = identities.isDecided() ? (agreement ?? 2) : peers.length
    const look = async (peer: Peer) => {
      const [sighting] = await Promise.all([
        blockOf(peer, 'latest'),
        due.includes(peer) ? identities.learn(peer) : undefined,
      ])
      return sighting
    }
    const found = await inPatience(asked, look, enough)
    identities.judge()
    return found.filter((sighting) => sighting !== undefined && identities.isRight(sighting.peer)) as Sighting[]
  }

  /** Asks without waiting: the node may have recovered, and its answer says so. */
  async function probe(peer: Peer): Promise<void> {
    if (probed.has(peer)) return
    probed.add(peer)
    if (identities.due([peer]).length > 0) await identities.learn(peer)
    if (identities.isRight(peer)) await blockOf(peer, 'latest')
    probed.delete(peer)
  }

  /** Asks each; after `enough` answers the others are waited for a little longer, and whoever is late counts as slow. */
  async function inPatience<Value>(
    asked: readonly Peer[],
    question: (peer: Peer) => Promise<Value>,
    enough: number,
  ): Promise<readonly Value[]> {
    const since = now()
    const left = new Set(asked)
    const questions = asked.map(async (peer) => {
      const answer = await question(peer)
      left.delete(peer)
      return answer
    })
    const answers = await gather(questions, {
      longestMs: PATIENCE_MS,
      patience: ({ length }) => (length >= enough ? GRACE_MS : undefined),
    })
    for (const peer of left) peer.tooSlow(now() - since)
    return answers
  }

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

/** Whether it is worth waiting for while there are others. */
function isSteady({ health }: Peer, time: number): boolean {
  return health.restUntil <= time && health.failures === 0 && (health.latencyMs ?? 0) < SLOW_MS
}

/** Asks those for the block at a height who have shown a newer one. */
async function atHeight(voters: readonly Seen<Peer>[], height: bigint): Promise<readonly Sighting[]> {
  const asked = voters
    .filter(({ head }) => head >= height)
    .map((seen) => (seen.head === height ? Promise.resolve(seen as Sighting) : blockOf(seen.peer, height)))
  const found = await gather(asked, { longestMs: PATIENCE_MS, patience: () => undefined })
  return found.filter((sighting) => sighting !== undefined)
}

const block = z.looseObject({ number: quantity, hash })

async function blockOf(peer: Peer, at: bigint | 'latest'): Promise<Sighting | undefined> {
  const tag = at === 'latest' ? at : `0x${at.toString(16)}`
  const reply = await peer.ask({ method: 'eth_getBlockByNumber', params: [tag, false], shape: withRaw })
  if (reply.is !== 'value') return undefined
  const { raw, number, hash: blockHash } = reply.value
  if (at === 'latest') peer.health.head = number
  else if (number !== at) return undefined
  return { peer, head: number, hash: blockHash, raw }
}

/** A block of which the rest matters later, in another shape. */
const withRaw = z.unknown().transform((raw, context) => {
  const parsed = block.safeParse(raw)
  if (parsed.success) return { raw, number: parsed.data.number, hash: parsed.data.hash as string }
  context.addIssue({ code: 'custom', message: 'expected a block' })
  return z.NEVER
})

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
