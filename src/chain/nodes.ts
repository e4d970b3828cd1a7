import { createAgreed } from './nodes-agreed.ts'
import { type Node, nodeOf } from './node.ts'
import type { Peer } from './nodes-peer.ts'
import { openPool, type Pool, type PoolSettings } from './nodes-pool.ts'

/** How one node does. */
export type NodeHealth = {
  /** Its place in the configuration, from 1, and its host: never the whole address, which may hold credentials. */
  name: string
  state: 'up' | 'down' | 'throttled' | 'lagging' | 'forked' | 'wrong_chain'
  latencyMs?: number
  /** The newest block that it has shown. */
  head?: bigint
  /** Blocks behind the furthest of the nodes that count. */
  lag?: bigint
  lastFailure?: string
}

/** The nodes of the root chain. */
export type Nodes = {
  /** Each question goes to the node that is best for it. For following the chain. */
  pool: Node
  /** Each answer is that of as many nodes as have to agree. For what cannot be taken back. */
  agreed: Node
  health: () => readonly NodeHealth[]
  /** Whether they have contradicted each other more than once of late. */
  areDivided: () => boolean
}

export function createNodes(settings: PoolSettings): Nodes {
  return nodesOf(openPool(settings))
}

/** A block that comes to one node before the other divides them for a moment: once is no matter. */
const DIVIDED_TIMES = 2
const DIVIDED_WITHIN_MS = 120_000

/** @param pool - Open connections. */
export function nodesOf(pool: Pool): Nodes {
  let divided: readonly number[] = []
  const noting =
    (attempt: Pool['attempt']): Pool['attempt'] =>
    async (question) => {
      const reply = await attempt(question)
      if (reply.is === 'failure' && reply.disagree) divided = [...divided, pool.now()].slice(-DIVIDED_TIMES)
      return reply
    }
  return {
    pool: nodeOf(noting(pool.attempt)),
    agreed: nodeOf(noting(createAgreed(pool))),
    health: () => healthOf(pool.peers),
    areDivided: () => divided.filter((at) => pool.now() - at < DIVIDED_WITHIN_MS).length >= DIVIDED_TIMES,
  }
}

function healthOf(peers: readonly Peer[]): readonly NodeHealth[] {
  const counting = peers.filter((peer) => stateOf(peer) === 'up').flatMap(({ health }) => health.head ?? [])
  const lead = counting.reduce((most, head) => (head > most ? head : most), 0n)
  return peers.map((peer, at) => {
    const { latencyMs, head, lastFailure } = peer.health
    return {
      name: `${String(at + 1)} ${peer.host}`,
      state: stateOf(peer),
      ...(latencyMs === undefined ? {} : { latencyMs: Math.round(latencyMs) }),
      ...(head === undefined ? {} : { head, lag: lead > head ? lead - head : 0n }),
      ...(lastFailure === undefined ? {} : { lastFailure }),
    }
  })
}

function stateOf({ health }: Peer): NodeHealth['state'] {
  if (health.wrongChain) return 'wrong_chain'
  if (health.throttles > 0) return 'throttled'
  if (health.failures > 0) return 'down'
  if (health.forked) return 'forked'
  return health.lagging ? 'lagging' : 'up'
}
