import { concatHex, encodeAbiParameters, keccak256, numberToHex, toRlp } from 'viem'
import { fromHex } from '../../src/lib/bytes.ts'
import type { Address } from '../../src/plasma/units.ts'
import type { Book } from './book.ts'

/** The transactions at the end of a block by which the operator claims what its payments left over, one a token. */
export function feeTransactions(book: Pick<Book, 'blknum' | 'surplus'>, claimer: Address): Uint8Array[] {
  return [...book.surplus].map(([currency, amount]) => {
    const nonce = keccak256(
      concatHex([
        encodeAbiParameters([{ type: 'uint256' }], [book.blknum]),
        encodeAbiParameters([{ type: 'address' }], [currency]),
      ]),
    )
    const output = ['0x02', [claimer, currency, numberToHex(amount)]] as const
    return fromHex(toRlp([[], '0x03', [[...output]], nonce] as Parameters<typeof toRlp>[0]) as `0x${string}`)
  })
}
