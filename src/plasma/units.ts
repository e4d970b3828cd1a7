import type { Hex } from '../lib/bytes.ts'

declare const unit: unique symbol
type Branded<Base, Name extends string> = Base & { readonly [unit]: Name }

/** 20 bytes, lower-case `0x` hex. */
export type Address = Branded<Hex, 'Address'>
/** 32 bytes, lower-case `0x` hex. */
export type Hash = Branded<Hex, 'Hash'>
/** The smallest unit of ether or of a token. */
export type Wei = Branded<bigint, 'Wei'>
/** Seconds since 1970 as the root chain's blocks count them; never this machine's clock. */
export type Timestamp = Branded<bigint, 'Timestamp'>
/** A span of root chain time. */
export type Seconds = Branded<bigint, 'Seconds'>
/** Where an output lies: `blknum * 10^9 + txIndex * 10^4 + outputIndex`. */
export type UtxoPos = Branded<bigint, 'UtxoPos'>

/** The token address that stands for ether. */
export const ETH = '0x0000000000000000000000000000000000000000' as Address

/** The address that a `0x` text names, lower-cased, or undefined when it is not 20 bytes of hex. Any case is accepted. */
export function parseAddress(text: string): Address | undefined {
  return /^0x[0-9a-fA-F]{40}$/.test(text) ? (text.toLowerCase() as Address) : undefined
}
