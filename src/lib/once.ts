import { toJson } from './json.ts'
import type { Logger } from './logger.ts'

const MOST_REMEMBERED = 10_000

/** Tells whether a thing is said for the first time; forgets the oldest after ten thousand. */
export function createOnce(): (name: string) => boolean {
  const said = new Set<string>()
  return (name) => {
    if (said.has(name)) return false
    if (said.size >= MOST_REMEMBERED) for (const oldest of [...said].slice(0, MOST_REMEMBERED / 2)) said.delete(oldest)
    said.add(name)
    return true
  }
}

/**
 * A log on which a warning that says the same as an earlier one goes to `debug`: what is tried again and fails in the
 * same way is news once. `passing` names the facts that differ from one try to the next.
 */
export function warningOnce(log: Logger, passing: readonly string[]): Logger {
  const isNew = createOnce()
  return {
    debug: (facts, sentence) => {
      log.debug(facts, sentence)
    },
    info: (facts, sentence) => {
      log.info(facts, sentence)
    },
    error: (facts, sentence) => {
      log.error(facts, sentence)
    },
    warn: (facts, sentence) => {
      const lasting = Object.entries(facts).filter(([name]) => !passing.includes(name))
      const level = isNew(`${sentence} ${toJson(lasting)}`) ? 'warn' : 'debug'
      log[level](facts, sentence)
    },
  }
}
