import type { Timestamp, Wei } from '../plasma/units.ts'

/** What a transaction pays per gas, in wei (EIP-1559). */
export type Fees = { maxFeePerGas: Wei; maxPriorityFeePerGas: Wei }

/** What a place in the next block costs per gas. */
export type Price = {
  baseFee: Wei
  /** What gets in when nothing presses. */
  tip: Wei
  /** What nearly everybody pays less than. */
  urgentTip: Wei
  /** Whether the last blocks were full and the base fee went up. */
  rising: boolean
}

/** What the fee of an intent depends on beside the market. */
export type Need = { createdAt: Timestamp; deadline?: Timestamp; stake?: Wei; own?: boolean }

/** Wei per gas. `stakeShare`: percent of what is at stake that an answer for others may cost. */
export type Ceilings = { floorFee: Wei; maxFee: Wei; stakeShare: bigint }

/** From here on everything is paid: some 24 blocks, in which the base fee can rise by a factor of 17. */
const LAST_STRETCH = 300n

/**
 * How urgent it is, in percent: 0 where nothing runs out, 100 from five minutes before the deadline on, and the share of
 * the time that is gone between.
 */
export function pressureOf({ createdAt, deadline }: Need, now: Timestamp): bigint {
  if (deadline === undefined) return 0n
  if (deadline - now <= LAST_STRETCH) return 100n
  const gone = now > createdAt ? now - createdAt : 0n
  return (100n * gone) / (deadline - createdAt)
}

/**
 * What a gas unit of the call may cost at most. For others it is a share of what is at stake, between floor and maximum;
 * for own money the whole of it, above the maximum where the stake bears it.
 */
export function ceilingOf({ stake, own }: Pick<Need, 'stake' | 'own'>, gas: bigint, ceilings: Ceilings): Wei {
  const { floorFee, maxFee, stakeShare } = ceilings
  if (stake === undefined) return maxFee
  const worth = own ? stake / gas : smaller((stake * stakeShare) / 100n / gas, maxFee)
  return larger(worth, floorFee) as Wei
}

/** From here on time is too short to wait behind others, in percent of the time there was. */
const PRESSED = 50n

export function isPressed(pressure: bigint): boolean {
  return pressure >= PRESSED
}

/**
 * The fees to ask for now: the tip goes from the calm to twice the urgent one as pressure grows, and the room above the
 * base fee from six full blocks to nine and more.
 */
export function feesFor(price: Price, pressure: bigint, ceiling: Wei): Fees {
  const { baseFee, tip, urgentTip, rising } = price
  const top = larger(2n * urgentTip, tip)
  const wanted = tip + ((top - tip) * pressure) / 100n
  const room = 200n + pressure + (rising ? 100n : 0n)
  return capped({ fee: (baseFee * room) / 100n + wanted, tip: wanted, lastTip: 2n * top }, ceiling)
}

/**
 * The fees of a replacement: at least `eighths` of both more, as nodes ask for a tenth, and never less than `target`.
 * Undefined when the ceiling leaves no room for that.
 */
export function replacementFees(
  old: Fees,
  target: Fees,
  { ceiling, eighths = 1n }: { ceiling: Wei; eighths?: bigint },
): Fees | undefined {
  const fee = raised(old.maxFeePerGas, eighths)
  const least = raised(old.maxPriorityFeePerGas, eighths)
  if (fee > ceiling || least > ceiling) return undefined
  const tip = larger(least, target.maxPriorityFeePerGas)
  return capped({ fee: larger(fee, target.maxFeePerGas), tip, lastTip: larger(tip, 2n * least) }, ceiling)
}

/** Whether it is time to pay more: the market has left the fees behind, or they were tried for long enough. */
export function isReplacementDue(
  { maxFeePerGas }: Fees,
  { baseFee, tip }: Price,
  { pressure, waited, patience }: { pressure: bigint; waited: bigint; patience: bigint },
): boolean {
  const outlivesFullBlock = maxFeePerGas >= baseFee + baseFee / 8n + tip
  return waited >= (outlivesFullBlock && !isPressed(pressure) ? patience : 1n)
}

/** What a transaction has to be willing to pay to be in the next block. */
export function nextBlockPrice({ baseFee, tip }: Price): Wei {
  return (baseFee + tip) as Wei
}

/** A gas limit with room: state may change before the call is mined, and running out of gas gives no reason. */
export function gasLimit(estimate: bigint, reverts = 0): bigint {
  return ((estimate * 3n + 1n) / 2n) * BigInt(reverts + 1)
}

/** What the sender must own for the node to take the transaction. */
export function costOf({ value, gas, maxFeePerGas }: { value: Wei; gas: bigint; maxFeePerGas: Wei }): Wei {
  return (value + gas * maxFeePerGas) as Wei
}

/** Rounded up, and always more than before. */
export function raised(fee: bigint, eighths = 1n): bigint {
  return fee + (fee * eighths) / 8n + 1n
}

/**
 * A fee so near to the ceiling that no replacement fits above it goes all the way: the maximum is paid only in need. The
 * tip cannot be raised any more then, so it is `lastTip` at once.
 */
function capped({ fee, tip, lastTip }: { fee: bigint; tip: bigint; lastTip: bigint }, ceiling: Wei): Fees {
  const isLast = raised(fee) > ceiling
  const maxFeePerGas = isLast ? ceiling : fee
  return {
    maxFeePerGas: maxFeePerGas as Wei,
    maxPriorityFeePerGas: smaller(isLast ? lastTip : tip, maxFeePerGas) as Wei,
  }
}

function larger(left: bigint, right: bigint): bigint {
  return left > right ? left : right
}

function smaller(left: bigint, right: bigint): bigint {
  return left < right ? left : right
}
