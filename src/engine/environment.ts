import { GuardError } from '../lib/errors.ts'

/** Variables that a process file may name. Nothing is taken from this machine's environment unless it is passed in. */
export type Environment = Readonly<Record<string, string | undefined>>

/** As greedy as the compilers' own: two variables in one text are read as one with a strange name. */
const VARIABLE = /\$\(env:(.*)\)/g

/**
 * A copy of a value with `$(env:NAME)` replaced in every text of it. Keys stay as they are, the result is always text.
 *
 * @throws {@link MissingVariableError} when a variable is not set.
 */
export function substitute(value: unknown, environment: Environment): unknown {
  if (typeof value === 'string') return value.replace(VARIABLE, (_, name: string) => lookUp(name, environment))
  if (Array.isArray(value)) return value.map((item) => substitute(item, environment))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substitute(item, environment)]))
}

function lookUp(name: string, environment: Environment): string {
  const value = Object.hasOwn(environment, name) ? environment[name] : undefined
  if (value === undefined) throw new MissingVariableError(name)
  return value
}

/** A process file names a variable that has no value. */
class MissingVariableError extends GuardError {
  override readonly code = 'MISSING_VARIABLE'

  constructor(name: string) {
    super(`env variable ${name} must be set`, { name })
  }
}
