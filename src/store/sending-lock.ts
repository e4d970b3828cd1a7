import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { GuardError } from '../lib/errors.ts'

/**
 * Makes this process the only one that sends from the accounts of a data directory, until the function that it returns
 * is called or the process ends in any way: two senders of one account would fight over nonces. The lock is the
 * operating system's, so a crash leaves none behind and it holds between containers that share the directory.
 *
 * @throws {@link AnotherSenderError}
 */
export function holdSendingLock(dataDirectory: string): () => void {
  mkdirSync(dataDirectory, { recursive: true })
  const file = new Sqlite(join(dataDirectory, 'sending.lock'), { timeout: 0 })
  try {
    file.exec('begin exclusive')
  } catch (error) {
    file.close()
    if (isBusy(error)) throw new AnotherSenderError(dataDirectory)
    throw error
  }
  held.add(file)
  return () => {
    held.delete(file)
    file.close()
  }
}

function isBusy(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'SQLITE_BUSY'
}

/** Whoever forgets to let go holds on: a collected database would close itself. */
const held = new Set<Sqlite.Database>()

/** Another process sends from these accounts. */
class AnotherSenderError extends GuardError {
  override readonly code = 'ANOTHER_SENDER'

  constructor(dataDirectory: string) {
    super(
      `Another plasma-guard sends transactions with the data directory ${dataDirectory}: stop it first (plasma-guard run leaves by itself in mode defend-and-exit).`,
      { dataDirectory },
    )
  }
}
