import { z } from 'zod'
import { parseHex, parseHexes } from '../lib/bytes.ts'
import { type Hash, parseAddress } from '../plasma/units.ts'

/** The fields of the elixir-omg services, checked and typed. Their JSON is read without rounding: integers are bigint. */
const LARGEST = 2n ** 256n - 1n

export const uint = z.bigint().min(0n).max(LARGEST)
/** Of an input or output, as the contract's uint16 takes it. */
export const index = z.bigint().min(0n).max(65_535n).transform(Number)
export const bytes = z.string().transform((text, context) => {
  const parsed = parseHex(text)
  if (parsed) return parsed
  context.addIssue('expected 0x bytes')
  return z.NEVER
})
/** Many of them, in one piece. */
export const manyBytes = z.array(z.string()).transform((texts, context) => {
  const parsed = parseHexes(texts)
  if (parsed) return parsed
  context.addIssue('expected 0x bytes')
  return z.NEVER
})
export const hash = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, 'expected 32 bytes')
  .transform((text) => text.toLowerCase() as Hash)
export const address = z.string().transform((text, context) => {
  const parsed = parseAddress(text)
  if (parsed) return parsed
  context.addIssue('expected 20 bytes')
  return z.NEVER
})
