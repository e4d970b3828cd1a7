import { GuardError } from './errors.ts'
import { harmless } from './harmless.ts'

type Description = Readonly<Record<string, unknown>>

const DEEPEST = 3

/**
 * An error as a log may hold it. Ours are written for that. Of a foreign one only what it is called and says is kept, made
 * harmless: those of viem carry whole requests, in fields and in their text.
 */
export function describeError(error: unknown, depth = 0): Description {
  if (!(error instanceof Error)) return { type: typeof error, message: harmless(String(error)) }
  const { name: type, cause } = error
  const origin = cause !== undefined && depth < DEEPEST && { cause: describeError(cause, depth + 1) }
  const said = { message: harmless(error.message), stack: harmless(error.stack ?? ''), ...origin }
  if (!(error instanceof GuardError)) return { type, ...said }
  const { code, retryable, facts } = error
  return { type, code, retryable, facts, ...said }
}
