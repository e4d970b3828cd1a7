import type { Address } from '../plasma/units.ts'
import {
  type Change,
  type IntentRecord,
  type IntentStore,
  isPlaced,
  type Placed,
  type Slot,
  type Version,
} from './intent.ts'
import { isOver } from './states.ts'

/** The journal, with what is not over at hand: one process writes it, so memory and disk are the same. */
export type Book = {
  get: (key: string) => Promise<IntentRecord | undefined>
  open: () => readonly IntentRecord[]
  /** Who holds the nonces of an account, by nonce. */
  placed: (account: Address) => readonly Placed[]
  /** Everything signed for a nonce, oldest first. */
  versions: (slot: Pick<Slot, 'account' | 'nonce'>) => readonly Version[]
  /** All changes or none; on disk when it resolves. */
  commit: (changes: readonly Change[]) => Promise<void>
}

export async function openBook(store: IntentStore): Promise<Book> {
  const open = new Map<string, IntentRecord>()
  const versions = new Map<string, readonly Version[]>()
  for (const record of await store.open()) {
    open.set(record.key, record)
    if (record.slot) versions.set(nameOf(record.slot), await store.versions(record.slot))
  }
  return {
    get: async (key) => open.get(key) ?? store.get(key),
    open: () => [...open.values()],
    placed: (account) =>
      [...open.values()]
        .filter(isPlaced)
        .filter(({ slot }) => slot.account === account)
        .sort((left, right) => left.slot.nonce - right.slot.nonce),
    versions: (slot) => versions.get(nameOf(slot)) ?? [],
    commit: async (changes) => {
      await store.commit(changes)
      for (const { record, version } of changes) {
        if (isOver(record.state)) open.delete(record.key)
        else open.set(record.key, record)
        if (version) versions.set(nameOf(version), [...(versions.get(nameOf(version)) ?? []), version])
      }
    },
  }
}

function nameOf({ account, nonce }: Pick<Slot, 'account' | 'nonce'>): string {
  return `${account}:${nonce}`
}
