import type { Config } from '../config.ts'
import type { Seconds } from '../plasma/units.ts'

/** The network's own: 15 hours. */
const DEFAULT_SECONDS = 54_000n

/**
 * For how long a block may be missing. Whoever leaves because of it needs the rest of the exit period: unless it is
 * configured, it is half of that at most.
 */
export function withholdingOf(
  { withholdingSeconds }: Pick<NonNullable<Config['childChain']>, 'withholdingSeconds'>,
  minExitPeriod: Seconds,
): Seconds {
  const half = minExitPeriod / 2n
  return withholdingSeconds ?? ((DEFAULT_SECONDS < half ? DEFAULT_SECONDS : half) as Seconds)
}
