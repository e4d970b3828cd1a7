import { z } from 'zod'
import type { Seen } from './nodes-election.ts'
import { createIdentities } from './nodes-identity.ts'
import { gather } from './nodes-patience.ts'
import type { Peer } from './nodes-peer.ts'
import { hash, quantity } from './shapes.ts'

type Settings = { peers: readonly Peer[]; agreement: number | undefined; now: () => number }

/** The newest block of a node, as it gave it. */
export type Sighting = Seen<Peer> & { hash: string; raw: unknown }

/** For the blocks of all nodes. */
export const PATIENCE_MS = 2_000
const GRACE_MS = 300
/** A node slower than this is not waited for while there are others. */
const SLOW_MS = 1_500
/** So many failures in a row are no accident. */
const DOWN_AFTER = 3

/** Asks the nodes for their newest blocks: those that do well, the others only when those are too few. */
export function createSightings({ peers, agreement, now }: Settings): () => Promise<readonly Sighting[]> {
  const identities = createIdentities(peers, now)
  const probed = new Set<Peer>()
  // Of three or more nodes a single one is not believed while others only stumble: it may be on a fork.
  const least = agreement ?? (peers.length > 2 ? 2 : 1)

  async function sightings(): Promise<readonly Sighting[]> {
    const steady = peers.filter((peer) => isSteady(peer, now()))
    const others = peers.filter((peer) => !steady.includes(peer))
    const found = await sight(steady)
    if (found.length >= least) {
      for (const peer of others) if (peer.health.restUntil <= now()) void probe(peer)
      return found
    }
    const silent = peers.filter((peer) => found.every((sighting) => sighting.peer !== peer))
    return [...found, ...(await sight(found.length > 0 ? silent.filter(isHopeful) : silent))]
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
    const found = await inPatience(asked, look, { enough, now })
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

  return sightings
}

/** Asks each; after `enough` answers the others are waited for a little longer, and whoever is late counts as slow. */
async function inPatience<Value>(
  asked: readonly Peer[],
  question: (peer: Peer) => Promise<Value>,
  { enough, now }: { enough: number; now: () => number },
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

/** Whether it is worth waiting for while there are others. */
function isSteady({ health }: Peer, time: number): boolean {
  return health.restUntil <= time && health.failures === 0 && (health.latencyMs ?? 0) < SLOW_MS
}

/** Whether it may answer if it is asked once more. */
function isHopeful({ health }: Peer): boolean {
  return health.failures < DOWN_AFTER && !health.wrongChain
}

const block = z.looseObject({ number: quantity, hash })

/** The newest block of a node, or the one at a height; undefined when it has none. */
export async function blockOf(peer: Peer, at: bigint | 'latest'): Promise<Sighting | undefined> {
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
  if (parsed.success) return { raw, number: parsed.data.number, hash: parsed.data.hash }
  context.addIssue({ code: 'custom', message: 'expected a block' })
  return z.NEVER
})
