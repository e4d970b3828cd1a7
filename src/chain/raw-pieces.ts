/** The payload of a raw transaction begins with its type: payment or fee. */
const TYPES = [1, 3]
/** Before the number of bytes that hold the length of a list. */
const SHORTEST_LONG_LIST = 0xf7
const MOST_TRANSACTIONS = 2_048
const MOST_SIGNATURES = 256
const SIGNATURE_BYTES = 65
/** A length of 65 as the ABI writes it. */
const LENGTH_WORD = Uint8Array.of(...new Uint8Array(31), SIGNATURE_BYTES)

/**
 * Everything in some calldata that may be a raw transaction, however it was packed: a list as long as it says, that
 * begins like one. Whether it is the one that is looked for, its hash says.
 */
export function* rawTransactionsIn(calldata: Uint8Array): Iterable<Uint8Array> {
  const bytes = view(calldata)
  let found = 0
  for (let at = 0; at < calldata.length && found < MOST_TRANSACTIONS; at++) {
    const end = endOfList(bytes, at)
    if (end === undefined) continue
    found++
    yield calldata.slice(at, end)
  }
}

/** Everything that may be a signature: 65 bytes behind their length. */
export function* signaturesIn(calldata: Uint8Array): Iterable<Uint8Array> {
  const bytes = view(calldata)
  let found = 0
  for (
    let at = bytes.indexOf(LENGTH_WORD);
    at >= 0 && found < MOST_SIGNATURES;
    at = bytes.indexOf(LENGTH_WORD, at + 1)
  ) {
    const start = at + LENGTH_WORD.length
    const signature = calldata.slice(start, start + SIGNATURE_BYTES)
    if (signature.length < SIGNATURE_BYTES) return
    found++
    yield signature
  }
}

/** No transaction is shorter than 56 or longer than 65,535 bytes, so one or two bytes hold its length. */
function endOfList(bytes: Buffer, at: number): number | undefined {
  const lengthBytes = bytes.readUInt8(at) - SHORTEST_LONG_LIST
  const payload = at + 1 + lengthBytes
  if ((lengthBytes !== 1 && lengthBytes !== 2) || payload >= bytes.length) return undefined
  if (!TYPES.includes(bytes.readUInt8(payload))) return undefined
  const end = payload + bytes.readUIntBE(at + 1, lengthBytes)
  return end <= bytes.length ? end : undefined
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
