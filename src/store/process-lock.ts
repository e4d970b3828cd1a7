import Sqlite from 'better-sqlite3'

/**
 * Holds a lock file until the function that it returns is called, or the process ends in any way. Undefined when another
 * holds it. The lock is the operating system's, so a crash leaves none behind, and it holds between containers that share
 * the directory.
 */
export function holdLock(path: string): (() => void) | undefined {
  const file = new Sqlite(path, { timeout: 0 })
  try {
    file.exec('begin exclusive')
  } catch (error) {
    file.close()
    if (isBusy(error)) return undefined
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
