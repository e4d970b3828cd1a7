import { z } from 'zod'
import type { Wei } from './plasma/units.ts'

const positive = z.number().int().positive()

/** Ether as text: a number of YAML would be rounded. */
const ether = z
  .string('expected ether as text in quotes, such as "0.5"')
  .regex(/^\d{1,9}(\.\d{1,18})?$/, 'expected ether as text in quotes, such as "0.5"')
  .transform((text) => {
    const [whole = '', part = ''] = text.split('.')
    return BigInt(whole + part.padEnd(18, '0')) as Wei
  })
const gwei = positive.transform((amount) => (BigInt(amount) * 10n ** 9n) as Wei)

/**
 * What answers may cost.
 *
 * - `maxFeeGwei` (1000): most wei per gas, in gwei. Own money that is at stake may pay more, up to all of it.
 * - `floorFeeGwei` (100): what any answer may pay, however little is at stake: a challenge wins a bond.
 * - `stakeShare` (50): percent of what others have at stake that an answer for them may cost in gas.
 * - `gasPerDay` ("5"): ether for gas in a day of chain time. What saves own money is sent beyond it as long as its gas
 *   is less than what it saves; it counts all the same.
 * - `lockedBonds` ("20"): ether that may lie in bonds at a time. A bond counts for two exit periods from its posting.
 *   An answer that posts none needs no room.
 * - `finalAfterBlocks` (64): depth from which no reorganisation is expected, where the node's own word does not come
 *   first. Until then an answer whose block disappears is sent again.
 *
 * An answer that a budget has no room for ends as `refused`, with an alarm.
 */
export const policySettings = z
  .strictObject({
    maxFeeGwei: gwei.prefault(1_000),
    floorFeeGwei: gwei.prefault(100),
    stakeShare: z.number().int().min(1).max(100).default(50).transform(BigInt),
    gasPerDay: ether.prefault('5'),
    lockedBonds: ether.prefault('20'),
    finalAfterBlocks: positive.default(64),
  })
  .transform(({ maxFeeGwei, floorFeeGwei, ...rest }) => ({ ...rest, maxFee: maxFeeGwei, floorFee: floorFeeGwei }))
  .refine(({ maxFee, floorFee }) => floorFee <= maxFee, {
    path: ['floorFeeGwei'],
    error: 'must not be above maxFeeGwei',
  })
