import type { Paging } from './answer.ts'
import type { Slice } from './info-index.ts'
import { integerAbove, optional } from './params.ts'

/** The parameters of every paged list, checked in this order. */
export const pageShape = { limit: optional(integerAbove(0n, 1_000n)), page: optional(integerAbove(0n)) }

/** The page that was asked for; no longer than `most`, which is what a client gets that asks for no length. */
export function pageOf(asked: { limit: bigint | undefined; page: bigint | undefined }, most: bigint): Paging {
  const { limit = most, page = 1n } = asked
  return { page, limit: limit < most ? limit : most }
}

export function sliceOf({ page, limit }: Paging): Slice {
  return { skip: (page - 1n) * limit, most: Number(limit) }
}
