/** A slice on its way to a thread: its signed transactions, end to end. */
export type Message = { bytes: Uint8Array<ArrayBuffer>; lengths: Uint32Array<ArrayBuffer> }

/** What a thread says before its first answer. */
export const READY = 'ready'

export function pack(transactions: readonly Uint8Array[]): Message {
  const lengths = Uint32Array.from(transactions, ({ length }) => length)
  const bytes = new Uint8Array(lengths.reduce((total, length) => total + length, 0))
  let at = 0
  for (const transaction of transactions) {
    bytes.set(transaction, at)
    at += transaction.length
  }
  return { bytes, lengths }
}

/** The transactions are views into the message. */
export function unpack({ bytes, lengths }: Message): Uint8Array[] {
  let at = 0
  return Array.from(lengths, (length) => bytes.subarray(at, (at += length)))
}
