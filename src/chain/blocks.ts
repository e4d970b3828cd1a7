import type { Hash } from '../plasma/units.ts'
import { RootChainMovedError } from '../watcher/root-chain-moved.ts'
import type { Head } from '../watcher/root-chain.ts'
import { type Bloom, readBloom } from './bloom.ts'
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

/** A block, and what it says about its logs; `bloom` undefined where it says nothing. */
export type Header = Head & { bloom: Bloom | undefined }

/** Undefined when the node has no block at that height. @throws {@link RootChainUnavailableError} */
export async function readBlock(node: Node, number: bigint): Promise<Head | undefined> {
  const found = await readHeader(node, number)
  return found && headOf(found)
}

/** As {@link readBlock}. */
export async function readHeader(node: Node, number: bigint): Promise<Header | undefined> {
  const found = await node.ask('eth_getBlockByNumber', [blockTag(number), false], header.nullable())
  if (found && found.number !== number) throw new RootChainUnavailableError('eth_getBlockByNumber', 'malformed answer')
  return found ? { ...headOf(found), bloom: readBloom(found.logsBloom ?? undefined) } : undefined
}

/**
 * The block at a height, which has to be that of the hash. Asked by height, since nodes keep what left the chain under
 * its hash.
 *
 * @throws {@link RootChainMovedError} when it is another block: two answers come from two pasts.
 * @throws {@link RootChainUnavailableError}
 */
export async function readHeaderOf(
  node: Node,
  { blockNumber, blockHash }: { blockNumber: bigint; blockHash: Hash },
): Promise<Header> {
  const found = await readHeader(node, blockNumber)
  if (!found)
    throw new RootChainUnavailableError('eth_getBlockByNumber', `the node has no block ${String(blockNumber)}`)
  if (found.hash !== blockHash) throw new RootChainMovedError(blockNumber)
  return found
}

/** How many blocks from the head on a node may answer as if it had not seen them: it lags, or asks one that does. */
const YOUNG = 64n

/** Whether what a node does not know of a block may only not have reached it yet. */
export async function isYoung(node: Node, blockNumber: bigint): Promise<boolean> {
  const { number } = await readHead(node)
  return number - blockNumber < YOUNG
}

function headOf({ number, hash, timestamp }: Head): Head {
  return { number, hash, timestamp }
}
