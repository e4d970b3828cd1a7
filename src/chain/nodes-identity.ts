import { z } from 'zod'
import type { Peer } from './nodes-peer.ts'
import { hash, quantity } from './shapes.ts'

/** What tells one chain from another. `genesis` is absent where a node no longer has its first block. */
export type Identity = { chainId: bigint; genesis?: string }

const CHECK_EVERY_MS = 10_000

/** Keeps the nodes of other chains apart. The chain of most nodes is the right one, in doubt that of the first. */
export function createIdentities(peers: readonly Peer[], now: () => number) {
  const known = new Map<Peer, { identity: Identity; at: number }>()
  let right: Identity | undefined

  return {
    /** The nodes that were not asked lately. */
    due: (some: readonly Peer[]) => some.filter((peer) => now() - (known.get(peer)?.at ?? -Infinity) >= CHECK_EVERY_MS),
    /** Asks a node which chain it is on. */
    learn: async (peer: Peer): Promise<void> => {
      const identity = await identify(peer)
      if (identity) known.set(peer, { identity, at: now() })
    },
    /** Marks the nodes of other chains. What is right is decided once. */
    judge: (): void => {
      right ??= mostNamed(peers.flatMap((peer) => known.get(peer)?.identity ?? []))
      for (const [peer, { identity }] of known) peer.health.wrongChain = right !== undefined && !isSame(identity, right)
    },
    isDecided: () => right !== undefined,
    /** Whether it has said that it is on the right chain. */
    isRight: (peer: Peer) => known.has(peer) && !peer.health.wrongChain,
  }
}

const block = z.looseObject({ hash })

async function identify(peer: Peer): Promise<Identity | undefined> {
  const [chainId, genesis] = await Promise.all([
    peer.ask({ method: 'eth_chainId', params: [], shape: quantity }),
    peer.ask({ method: 'eth_getBlockByNumber', params: ['0x0', false], shape: block.nullable() }),
  ])
  if (chainId.is !== 'value' || genesis.is === 'failure') return undefined
  const first = genesis.is === 'value' ? genesis.value?.hash : undefined
  return { chainId: chainId.value, ...(first === undefined ? {} : { genesis: first }) }
}

function mostNamed(identities: readonly Identity[]): Identity | undefined {
  const backing = (one: Identity) => identities.filter((other) => isSame(one, other)).length
  const [first, ...others] = identities
  if (!first) return undefined
  return others.reduce((best, one) => (backing(one) > backing(best) ? one : best), first)
}

function isSame(one: Identity, other: Identity): boolean {
  const sameStart = one.genesis === undefined || other.genesis === undefined || one.genesis === other.genesis
  return one.chainId === other.chainId && sameStart
}
