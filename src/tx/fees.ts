import type { Wei } from '../plasma/units.ts'

/** What a transaction pays per gas, in wei (EIP-1559). */
export type Fees = { maxFeePerGas: Wei; maxPriorityFeePerGas: Wei }

/** What a block asks for per gas, in wei. */
export type Price = { baseFee: Wei; tip: Wei }

/**
 * The fees of a first try: enough for six full blocks in a row, each of which raises the base fee by an eighth.
 *
 * @example
 * firstFees({ baseFee: 100n, tip: 3n }, 1_000n) // { maxFeePerGas: 203n, maxPriorityFeePerGas: 3n }
 */
export function firstFees({ baseFee, tip }: Price, ceiling: Wei): Fees {
  return capped(2n * baseFee + tip, tip, ceiling)
}

/**
 * The fees of a replacement: an eighth more of both, as nodes ask for at least a tenth, and never less than the price of
 * now. Undefined when the ceiling leaves no room for that.
 */
export function replacementFees(old: Fees, price: Price, ceiling: Wei): Fees | undefined {
  const now = firstFees(price, ceiling)
  const least = { fee: raised(old.maxFeePerGas), tip: raised(old.maxPriorityFeePerGas) }
  if (least.fee > ceiling || least.tip > ceiling) return undefined
  return capped(larger(least.fee, now.maxFeePerGas), larger(least.tip, now.maxPriorityFeePerGas), ceiling)
}

/** A gas limit with room: state may change before the call is mined, and running out of gas gives no reason. */
export function gasLimit(estimate: bigint): bigint {
  return (estimate * 3n + 1n) / 2n
}

/** What the sender must own for the node to take the transaction. */
export function costOf({ value, gas, maxFeePerGas }: { value: Wei; gas: bigint; maxFeePerGas: Wei }): Wei {
  return (value + gas * maxFeePerGas) as Wei
}

/** Rounded up, and always more than before. */
function raised(fee: bigint): bigint {
  return fee + fee / 8n + 1n
}

function capped(fee: bigint, tip: bigint, ceiling: Wei): Fees {
  const maxFeePerGas = fee > ceiling ? ceiling : fee
  return { maxFeePerGas: maxFeePerGas as Wei, maxPriorityFeePerGas: (tip > maxFeePerGas ? maxFeePerGas : tip) as Wei }
}

function larger(left: bigint, right: bigint): bigint {
  return left > right ? left : right
}
