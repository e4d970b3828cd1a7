/** Numbers that are the same for the same seed: below `limit`, evenly enough. */
export type Random = (limit: number) => number

export function createRandom(seed: number): Random {
  let state = seed >>> 0 || 1
  return (limit) => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state % Math.max(limit, 1)
  }
}

type Mutation = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array

/** One byte is what decoders look at first: lengths, list headers, types. */
const EDGES = [0x00, 0x01, 0x7f, 0x80, 0x81, 0xa0, 0xb7, 0xb8, 0xbf, 0xc0, 0xc1, 0xf7, 0xf8, 0xf9, 0xff]

const mutations: readonly Mutation[] = [
  (bytes, random) => withByte(bytes, random(bytes.length), (byte) => byte ^ (1 << random(8))),
  (bytes, random) => withByte(bytes, random(bytes.length), () => EDGES[random(EDGES.length)] ?? 0),
  (bytes, random) => withByte(bytes, random(Math.min(bytes.length, 8)), () => EDGES[random(EDGES.length)] ?? 0),
  (bytes, random) => bytes.slice(0, random(bytes.length + 1)),
  (bytes, random) => bytes.slice(random(bytes.length + 1)),
  (bytes, random) => splice(bytes, random(bytes.length + 1), new Uint8Array(random(40)).fill(random(256))),
  (bytes, random, other) =>
    splice(bytes, random(bytes.length + 1), other.slice(random(other.length), random(other.length))),
  (bytes, random, other) =>
    splice(bytes.slice(0, random(bytes.length)), bytes.length, other.slice(random(other.length))),
  (bytes, random) => bytes.slice().fill(random(2) * 255, random(bytes.length), random(bytes.length)),
]

/** Some bytes with one to four things changed; `other`: where foreign pieces come from. */
export function mutate(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  let mutated = bytes
  for (let left = 1 + random(4); left > 0; left--) {
    const mutation = mutations[random(mutations.length)] as Mutation
    mutated = mutation(mutated, random, other)
  }
  return mutated
}

/** Bytes that have nothing to do with anything. */
export function noise(random: Random): Uint8Array {
  return Uint8Array.from({ length: random(300) }, () => random(256))
}

function withByte(bytes: Uint8Array, at: number, change: (byte: number) => number): Uint8Array {
  const changed = bytes.slice()
  if (at < changed.length) changed[at] = change(changed[at] ?? 0)
  return changed
}

function splice(bytes: Uint8Array, at: number, piece: Uint8Array): Uint8Array {
  return Uint8Array.from([...bytes.subarray(0, at), ...piece, ...bytes.subarray(at)])
}
