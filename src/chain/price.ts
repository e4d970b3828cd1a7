import type { Wei } from '../plasma/units.ts'
import type { Price } from '../tx/fee-curve.ts'
import { type Node, RootChainUnavailableError } from './node.ts'
import { isUnsupported } from './rpc-fault.ts'
import { feeHistory, quantity } from './shapes.ts'

/** Used where a node has no opinion on tips: 1 gwei. */
const DEFAULT_TIP = 1_000_000_000n
/** Nobody who asks for less than this finds a miner that takes nothing for nothing. */
const LEAST_TIP = 1n
const BLOCKS = '0xa'
/** Of each block: what half of its gas paid less than, and what nearly all of it did. */
const PERCENTILES = [50, 95]

/**
 * What the next block costs, from the fee history of ten blocks: its base fee, the usual tips, and where the base fee is
 * going. Nodes without a history are asked for a tip and a price.
 */
export async function readPrice(node: Node, headBaseFee: bigint | undefined): Promise<Price> {
  const answer = await node.attempt('eth_feeHistory', [BLOCKS, 'latest', PERCENTILES], feeHistory)
  if (!answer.ok) return withoutHistory(node, headBaseFee)
  const { baseFeePerGas, reward } = answer.value
  const next = baseFeePerGas.at(-1) ?? 0n
  const tips = (reward ?? []).filter((each) => each.length === PERCENTILES.length)
  if (tips.length === 0) return { ...(await withoutHistory(node, next)), baseFee: next as Wei }
  const calm = median(tips.map(([tip = 0n]) => tip))
  const urgent = largest(tips.map(([, tip = 0n]) => tip))
  const tip = calm > LEAST_TIP ? calm : await suggestedTip(node)
  return {
    baseFee: next as Wei,
    tip: tip as Wei,
    urgentTip: largest([tip, urgent]) as Wei,
    rising: next > (baseFeePerGas.at(-3) ?? next),
  }
}

async function withoutHistory(node: Node, headBaseFee: bigint | undefined): Promise<Price> {
  const tip = await suggestedTip(node)
  const baseFee = headBaseFee ?? (await node.ask('eth_gasPrice', [], quantity))
  return { baseFee: baseFee as Wei, tip: tip as Wei, urgentTip: (2n * tip) as Wei, rising: false }
}

async function suggestedTip(node: Node): Promise<bigint> {
  const answer = await node.attempt('eth_maxPriorityFeePerGas', [], quantity)
  if (answer.ok) return answer.value
  if (isUnsupported(answer.fault)) return DEFAULT_TIP
  throw new RootChainUnavailableError('eth_maxPriorityFeePerGas', `rpc error ${String(answer.fault.code)}`)
}

function median(values: readonly bigint[]): bigint {
  const sorted = [...values].sort((left, right) => (left < right ? -1 : 1))
  return sorted[Math.floor(sorted.length / 2)] ?? 0n
}

function largest(values: readonly bigint[]): bigint {
  return values.reduce((most, value) => (value > most ? value : most), 0n)
}
