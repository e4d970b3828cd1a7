/** A node, and the newest block that it shows. */
export type Seen<Peer> = { peer: Peer; head: bigint }

/**
 * `voters` are as far as a node can be expected to be, `laggards` are not. `height`: the newest block that counts, since
 * as many voters as must agree have it. `lead`: what a node's lag is measured from.
 */
export type Election<Peer> = { voters: readonly Seen<Peer>[]; laggards: readonly Peer[]; height: bigint; lead: bigint }

/** Blocks reach one node before the other. */
const USUAL_LAG = 1n

/**
 * Which nodes count, and up to which block. `agreement` nodes have to have that block; without it, two, or one where no
 * other keeps up: then a node that is down or has stopped makes nothing late, and of three or more nodes a single one
 * that runs ahead of the chain cannot make the others laggards. Undefined when there are too few nodes.
 */
export function elect<Peer>(seen: readonly Seen<Peer>[], agreement: number | undefined): Election<Peer> | undefined {
  const byHead = seen.toSorted((left, right) => Number(right.head - left.head))
  const lead = byHead[(agreement ?? (byHead.length > 2 ? 2 : 1)) - 1]?.head
  if (lead === undefined) return undefined
  const voters = byHead.filter(({ head }) => head >= lead - USUAL_LAG)
  const height = voters[quorumOf(voters.length, agreement) - 1]?.head ?? lead
  const laggards = byHead.filter(({ head }) => head < lead - USUAL_LAG).map(({ peer }) => peer)
  return { voters, laggards, height, lead }
}

/** How many of so many nodes have to say the same. */
export function quorumOf(nodes: number, agreement: number | undefined): number {
  return agreement ?? Math.min(2, nodes)
}

/**
 * What enough of the votes say: the largest group of equal ones, when it is large enough and no other is as large.
 * Undefined otherwise.
 */
export function majority<Vote>(
  votes: readonly Vote[],
  quorum: number,
  wordOf: (vote: Vote) => string,
): readonly Vote[] | undefined {
  const groups = new Map<string, Vote[]>()
  for (const vote of votes) groups.set(wordOf(vote), [...(groups.get(wordOf(vote)) ?? []), vote])
  const [first, second] = [...groups.values()].sort((left, right) => right.length - left.length)
  if (!first || first.length < quorum || first.length === second?.length) return undefined
  return first
}
