const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const HASH_BYTES = 32

/** The 32 bytes of a hash as MESG writes it: base58. Undefined when it is none. */
export function parseHash(text: string): Uint8Array | undefined {
  let value = 0n
  for (const digit of text) {
    const worth = ALPHABET.indexOf(digit)
    if (worth < 0) return undefined
    value = value * 58n + BigInt(worth)
  }
  const zeros = /^1*/.exec(text)?.[0].length ?? 0
  const hex = value === 0n ? '' : value.toString(16)
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  return zeros + bytes.length === HASH_BYTES ? new Uint8Array(Buffer.concat([Buffer.alloc(zeros), bytes])) : undefined
}

/** The text of a hash. */
export function formatHash(bytes: Uint8Array): string {
  let value = BigInt(`0x0${Buffer.from(bytes).toString('hex')}`)
  let text = ''
  for (; value > 0n; value /= 58n) text = `${ALPHABET[Number(value % 58n)] ?? ''}${text}`
  const zeros = bytes.findIndex((byte) => byte !== 0)
  return '1'.repeat(zeros < 0 ? bytes.length : zeros) + text
}
