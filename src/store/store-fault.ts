import { GuardError } from '../lib/errors.ts'

/** Runs what uses a store, and says what its faults mean. */
export function withStoreFaults<Result>(use: () => Result, store: Store = ledger): Result {
  try {
    return use()
  } catch (error) {
    throw storeFault(error, store)
  }
}

/** A file of the guard's. `remedy`: what to do when it is damaged. */
type Store = { name: string; remedy: string }

const ledger: Store = {
  name: 'ledger',
  remedy: 'keep a copy of ledger.sqlite for later, move it away, and start again to build another from both chains',
}

/** Where it is written what was sent: no chain can give that back before a transaction is mined. */
export const journal: Store = {
  name: 'journal',
  remedy:
    'keep a copy of journal.sqlite for later, wait until nothing of your accounts is pending, move it away, and start again',
}

/** Decodes what the store holds; what cannot be decoded was not written like that. */
export function intact<Value>(what: string, decode: () => Value): Value {
  try {
    return decode()
  } catch (error) {
    throw new StoreCorruptError(what, error)
  }
}

type Reads = Readonly<Record<string, (...given: never[]) => unknown>>

/** The same functions, whose faults are named. */
export function namingFaults<Named extends Reads>(reads: Named): Named {
  const named = Object.entries(reads).map(([name, read]) => [
    name,
    (...given: never[]) => withStoreFaults(() => read(...given)),
  ])
  return Object.fromEntries(named) as Named
}

/** What an error of the database means for whoever runs this; any other error as it is. */
export function storeFault(error: unknown, store: Store = ledger): unknown {
  const code = sqliteCode(error)
  const what = error instanceof Error ? error.message : String(error)
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return new StoreCorruptError(what, error, store)
  if (code === 'SQLITE_FULL') return new StoreFullError(error, store)
  return REFUSED.test(code) ? new StoreFailedError({ what, store }, error) : error
}

/** What the operating system would not do. */
const REFUSED = /^SQLITE_(IOERR|READONLY|CANTOPEN$)/

function sqliteCode(error: unknown): string {
  const isCoded = typeof error === 'object' && error !== null && 'code' in error
  return isCoded && typeof error.code === 'string' ? error.code : ''
}

/** The store is damaged. Everything in the ledger can be had again, but for signatures that were only seen once. */
export class StoreCorruptError extends GuardError {
  override readonly code = 'STORE_CORRUPT'
  override readonly fatal = true

  constructor(what: string, cause?: unknown, { name, remedy }: Store = ledger) {
    super(`The ${name}'s store is damaged (${what.replace(/\s+/g, ' ')}): ${remedy}.`, { what }, { cause })
  }
}

/** What could not be written is not there; what was there is. */
class StoreFullError extends GuardError {
  override readonly code = 'STORE_FULL'
  override readonly fatal = true

  constructor(cause: unknown, { name }: Store) {
    super(`No room is left for the ${name}: make room on its disk, and start again.`, {}, { cause })
  }
}

/** The operating system would not read or write. */
class StoreFailedError extends GuardError {
  override readonly code = 'STORE_FAILED'
  override readonly fatal = true

  constructor({ what, store }: { what: string; store: Store }, cause: unknown) {
    super(
      `The ${store.name}'s store cannot be read or written (${what}): look after its disk and permissions.`,
      { what },
      { cause },
    )
  }
}
