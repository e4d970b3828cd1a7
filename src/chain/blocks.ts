import type { Hash } from '../plasma/units.ts'
import type { Head } from '../watcher/root-chain.ts'
import { blockTag } from './contract.ts'
import { type Node, RootChainUnavailableError } from './node.ts'
import { header } from './shapes.ts'

/** The newest block, and with it what it costs to be in the next one. */
export type PricedHead = Head & { baseFeePerGas: bigint | undefined }

/** @throws {@link RootChainUnavailableError} */
export async function readHead(node: Node): Promise<PricedHead> {
  const found = await node.ask('eth_getBlockByNumber', ['latest', false], header)
  return { ...headOf(found), baseFeePerGas: found.baseFeePerGas ?? undefined }
}

/** Undefined when the node has no block at that height. @throws {@link RootChainUnavailableError} */
export async function readBlock(node: Node, number: bigint): Promise<Head | undefined> {
  const found = await node.ask('eth_getBlockByNumber', [blockTag(number), false], header.nullable())
  if (found && found.number !== number) throw new RootChainUnavailableError('eth_getBlockByNumber', 'malformed answer')
  return found ? headOf(found) : undefined
}

/** @throws {@link RootChainUnavailableError} also when the block is gone: a reorganisation is under way. */
export async function readBlockByHash(node: Node, hash: Hash): Promise<Head> {
  const found = await node.ask('eth_getBlockByHash', [hash, false], header.nullable())
  if (found?.hash !== hash) throw new RootChainUnavailableError('eth_getBlockByHash', 'no such block')
  return headOf(found)
}

function headOf({ number, hash, timestamp }: Head): Head {
  return { number, hash, timestamp }
}
