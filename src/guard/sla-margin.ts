import type { Config } from '../config.ts'
import { GuardError } from '../lib/errors.ts'
import type { Seconds } from '../plasma/units.ts'

/** The network's own: 23 hours of blocks of 15 seconds. */
const DEFAULT_BLOCKS = 5_520n
/** The slowest that blocks come for long. */
const BLOCK_SECONDS = 15n

/**
 * For how many root chain blocks something invalid may stand before users must leave. An alarm that comes when the exit
 * period is over would be none (watcher trap 9): unless it is configured, it is half the exit period at most.
 *
 * @throws {@link UnsafeMarginError}
 */
export function slaMarginOf(
  { slaMarginBlocks }: Pick<NonNullable<Config['childChain']>, 'slaMarginBlocks'> = { slaMarginBlocks: undefined },
  minExitPeriod: Seconds,
): bigint {
  const most = (minExitPeriod - 1n) / BLOCK_SECONDS
  if (slaMarginBlocks === undefined) return DEFAULT_BLOCKS < most / 2n ? DEFAULT_BLOCKS : most / 2n
  if (slaMarginBlocks > most) throw new UnsafeMarginError(slaMarginBlocks, most)
  return slaMarginBlocks
}

/** Whoever waits that long for somebody else to challenge leaves too late. */
class UnsafeMarginError extends GuardError {
  override readonly code = 'UNSAFE_MARGIN'

  constructor(configured: bigint, most: bigint) {
    super(
      `childChain.slaMarginBlocks is ${String(configured)}, longer than an exit takes here: set it to ${String(most)} or less.`,
      { configured, most },
    )
  }
}
