import fc from 'fast-check'
import { toHex } from '../../src/lib/bytes.ts'
import type { Output } from '../../src/plasma/transaction.ts'
import { ETH, type Address, type UtxoPos, type Wei } from '../../src/plasma/units.ts'

const WORD = 2n ** 256n - 1n

function bytes(length: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: length, maxLength: length })
}

export const word = bytes(32)

/** Anybody, but not the zero address. */
export const owner: fc.Arbitrary<Address> = bytes(20)
  .filter((guard) => guard.some((byte) => byte > 0))
  .map((guard) => toHex(guard) as Address)

export const output: fc.Arbitrary<Output> = fc.record({
  outputType: fc.constantFrom(1, 2),
  owner,
  currency: fc.oneof(fc.constant(ETH), owner),
  amount: fc.bigInt({ min: 1n, max: WORD }).map((amount) => amount as Wei),
})

const utxoPos: fc.Arbitrary<UtxoPos> = fc
  .oneof(fc.bigInt({ min: 1n, max: 2n ** 62n }), fc.bigInt({ min: 1n, max: WORD }))
  .map((position) => position as UtxoPos)

export const paymentFields = fc.record({
  inputs: fc.array(utxoPos, { maxLength: 4 }),
  outputs: fc.array(output, { minLength: 1, maxLength: 4 }),
  metadata: word,
})

export const signatures = fc.array(bytes(65), { maxLength: 4 })

/** Bytes with some of them changed, cut off or added: what a hostile operator may serve. */
export function mutated(honest: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 })
  return fc.tuple(honest, edits, fc.nat(3), fc.uint8Array({ maxLength: 3 })).map(([original, changes, cut, more]) => {
    const changed = original.slice(0, original.length - cut)
    for (const [at, byte] of changes) changed[at % Math.max(changed.length, 1)] = byte
    return Uint8Array.from([...changed, ...more])
  })
}
