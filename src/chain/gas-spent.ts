import { z } from 'zod'
import type { Address, Hash, Wei } from '../plasma/units.ts'
import type { Node } from './node.ts'
import { address, hash, quantity } from './shapes.ts'

const paidReceipt = z.object({ transactionHash: hash, from: address, gasUsed: quantity, effectiveGasPrice: quantity })

/** What a mined transaction has cost its sender in gas, also one that was undone; undefined for one that is not mined. */
export async function readGasSpent(node: Node, txHash: Hash): Promise<{ account: Address; spent: Wei } | undefined> {
  const receipt = await node.ask('eth_getTransactionReceipt', [txHash], paidReceipt.nullable())
  if (receipt?.transactionHash !== txHash) return undefined
  return { account: receipt.from, spent: (receipt.gasUsed * receipt.effectiveGasPrice) as Wei }
}
