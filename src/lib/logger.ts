import { pino } from 'pino'
import { describeError } from './describe-error.ts'

type Facts = Record<string, unknown>

/**
 * Facts first, then a constant lower-case sentence. Errors go under `err`.
 *
 * `debug`: why nothing happened. `info`: the guard did or learnt something worth keeping. `warn`: it will retry, or
 * somebody should look. `error`: a human must act, funds may be at risk.
 */
export type Logger = {
  debug: (facts: Facts, sentence: string) => void
  info: (facts: Facts, sentence: string) => void
  warn: (facts: Facts, sentence: string) => void
  error: (facts: Facts, sentence: string) => void
}

/** JSON lines on standard output. Bigints are printed as decimal strings: a bare number would be rounded by readers. */
export function createLogger(level: string): Logger {
  return pino({
    level,
    serializers: { err: describeError },
    formatters: {
      level: (label) => ({ level: label }),
      log: (facts) =>
        Object.fromEntries(
          Object.entries(facts).map(([key, value]) => [key, typeof value === 'bigint' ? value.toString() : value]),
        ),
    },
  })
}

/** For tests and for libraries that need one. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} }
