import { createInterface } from 'node:readline/promises'
import { GuardError } from '../lib/errors.ts'
import { toJson } from '../lib/json.ts'
import type { Logger } from '../lib/logger.ts'

/** How a command speaks with a person, or with a program. */
export type Dialogue = {
  /** To standard output: what is planned, and how it ended. */
  write: (text: string) => void
  /** To standard error. */
  progress: (text: string) => void
  /** What the person types; undefined when nobody can. */
  ask: (question: string) => Promise<string | undefined>
}

/** With whoever sits at the terminal. */
export const terminal: Dialogue = {
  write: (text) => void process.stdout.write(text),
  progress: (text) => void process.stderr.write(`${text}\n`),
  ask: async (question) => {
    if (!process.stdin.isTTY) return undefined
    const lines = createInterface({ input: process.stdin, output: process.stderr })
    try {
      return await lines.question(question)
    } finally {
      lines.close()
    }
  },
}

/**
 * Has the person type a word before anything is sent.
 *
 * @throws {@link NotConfirmedError}
 */
export async function confirm({ ask }: Dialogue, word: string): Promise<void> {
  const said = await ask(`Type "${word}" to send these transactions: `)
  if (said?.trim() !== word) throw new NotConfirmedError()
}

/** Standard output is for the plan, so what goes on meanwhile is told beside it. */
export function logTo({ progress }: Dialogue): Logger {
  const say = (facts: Record<string, unknown>, sentence: string) => {
    const { err, ...rest } = facts
    const said = err instanceof Error ? { ...rest, err: err.message } : rest
    progress(`${sentence} ${toJson(said)}`)
  }
  return { debug() {}, info: say, warn: say, error: say }
}

/** The person did not type the word. */
class NotConfirmedError extends GuardError {
  override readonly code = 'NOT_CONFIRMED'

  constructor() {
    super('Nothing was sent: it was not confirmed. Use --yes where nobody can type.')
  }
}
