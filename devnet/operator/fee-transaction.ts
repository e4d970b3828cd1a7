import { concatBytes, fromHex, uint256 } from '../../src/lib/bytes.ts'
import { keccak } from '../../src/plasma/keccak.ts'
import { encodeRlp } from '../../src/plasma/rlp.ts'
import { minimalUint } from '../../src/plasma/uint.ts'
import type { Address } from '../../src/plasma/units.ts'
import type { Book } from './book.ts'

const FEE_TRANSACTION = 3n
const FEE_OUTPUT = 2n

/** The transactions at the end of a block by which the operator claims what its payments left over, one a token. */
export function feeTransactions(book: Pick<Book, 'blknum' | 'surplus'>, claimer: Address): Uint8Array[] {
  return [...book.surplus].map(([currency, amount]) => {
    const token = fromHex(currency)
    const output = [minimalUint(FEE_OUTPUT), [fromHex(claimer), token, minimalUint(amount)]]
    const nonce = keccak(concatBytes(uint256(book.blknum), new Uint8Array(12), token))
    return encodeRlp([[], minimalUint(FEE_TRANSACTION), [output], nonce])
  })
}
