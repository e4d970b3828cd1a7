import { closeSync, openSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { ReadStream } from 'node:tty'
import { GuardError } from '../lib/errors.ts'
import { type Secret, secret } from '../lib/secret.ts'

/** The person in front of the program, wherever its input and output lead to. */
export type Terminal = {
  say: (text: string) => void
  ask: (question: string) => Promise<string>
  /** What is typed is not shown. */
  askSecret: (question: string) => Promise<Secret>
  close: () => void
}

const TERMINAL = '/dev/tty'

/**
 * Opens the terminal that the program was started from.
 *
 * @throws {@link NoTerminalError}
 */
export function openTerminal(): Terminal {
  const { input, out } = openBoth()
  let shown = false
  const echo = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (shown) writeSync(out, chunk)
      done()
    },
  })
  // One reader from the first question to the last: between two of them nothing is echoed or lost.
  const reader = createInterface({ input, output: echo, terminal: true, historySize: 0, prompt: '' })
  const lines = reader[Symbol.asyncIterator]()
  const say = (text: string) => {
    writeSync(out, text)
  }
  const answer = async (question: string, visible: boolean) => {
    say(question)
    shown = visible
    const line = await lines.next()
    if (!visible || line.done) say('\n')
    shown = false
    if (line.done) throw new CancelledError()
    return line.value
  }
  return {
    say,
    ask: (question) => answer(question, true),
    askSecret: async (question) => secret(await answer(question, false)),
    close: () => {
      reader.close()
      input.destroy()
      closeSync(out)
    },
  }
}

function openBoth(): { input: ReadStream; out: number } {
  try {
    return { input: new ReadStream(openSync(TERMINAL, 'r')), out: openSync(TERMINAL, 'w') }
  } catch {
    throw new NoTerminalError()
  }
}

/** There is nobody to be asked. */
class NoTerminalError extends GuardError {
  override readonly code = 'NO_TERMINAL'

  constructor() {
    super('There is no terminal to ask at: give a password with --password-file, and export to a file with --out.')
  }
}

/** The person has pressed Ctrl-C or Ctrl-D. */
class CancelledError extends GuardError {
  override readonly code = 'CANCELLED'

  constructor() {
    super('Cancelled; nothing was done.')
  }
}
