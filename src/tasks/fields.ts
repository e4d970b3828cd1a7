import { z } from 'zod'
import { fromHex, type Hex } from '../lib/bytes.ts'
import type { Address, UtxoPos } from '../plasma/units.ts'

/** Positions, ids and amounts cross as decimal strings: MESG carries numbers as doubles and refuses bigint. */
export const decimal = z
  .string()
  .regex(/^\d{1,78}$/, 'expected a decimal string')
  .transform(BigInt)

export const utxoPos = decimal.transform((position) => position as UtxoPos)

/** Bytes cross as lower- or mixed-case `0x` hex. */
export const bytes = z
  .string()
  .regex(/^0x(?:[0-9a-fA-F]{2})*$/, 'expected 0x hex')
  .transform((text) => fromHex(text as Hex))

/** Twenty bytes of `0x` hex, of any case. */
export const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, 'expected a 0x address')
  .transform((text) => text.toLowerCase() as Address)

/** An index into a transaction's inputs or outputs, as the contract's uint16 takes it. */
export const index = z.number().int().min(0).max(65_535)

/** Which root chain log is answered: `0x<transaction hash>:<rank>`. Part of the name of an answer. */
export const occurrence = z.string().regex(/^0x[0-9a-f]{64}:\d+$/, 'expected 0x<transaction hash>:<rank>')

/** Which emission of the event asked; echoed, so that one MESG run differs from the next. */
export const attempt = z.number().int().positive()
