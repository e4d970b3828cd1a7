import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { GuardError } from '../lib/errors.ts'
import { holdLock } from './process-lock.ts'

/**
 * Makes this process the only one that sends from the accounts of a data directory, until the function that it returns
 * is called or the process ends in any way: two senders of one account would fight over nonces. The lock is the
 * operating system's, so a crash leaves none behind and it holds between containers that share the directory.
 *
 * @throws {@link AnotherSenderError}
 */
export function holdSendingLock(dataDirectory: string): () => void {
  mkdirSync(dataDirectory, { recursive: true })
  const release = holdLock(join(dataDirectory, 'sending.lock'))
  if (!release) throw new AnotherSenderError(dataDirectory)
  return release
}

/** Another process sends from these accounts. */
class AnotherSenderError extends GuardError {
  override readonly code = 'ANOTHER_SENDER'

  constructor(dataDirectory: string) {
    super(
      `Another plasma-guard sends transactions with the data directory ${dataDirectory}: it answers by itself, and leaves in mode defend-and-exit. To send by hand, end it first: plasma-guard drain.`,
      { dataDirectory },
    )
  }
}
