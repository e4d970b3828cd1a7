/** A map that is copied when it is first written to: most batches of events touch few of a game's maps. */
export type DraftMap<Key, Value> = {
  get: (key: Key) => Value | undefined
  set: (key: Key, value: Value) => void
  /** The map as it is now: the first one itself as long as nothing was written. */
  result: () => ReadonlyMap<Key, Value>
}

export function draftOf<Key, Value>(base: ReadonlyMap<Key, Value>): DraftMap<Key, Value> {
  let own: Map<Key, Value> | undefined
  return {
    get: (key) => (own ?? base).get(key),
    set: (key, value) => {
      own ??= new Map(base)
      own.set(key, value)
    },
    result: () => own ?? base,
  }
}
