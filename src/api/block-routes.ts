import { answered, answeredPage } from './answer.ts'
import type { IndexedBlock } from './info-index.ts'
import type { InfoApi } from './info-api.ts'
import { pageOf, pageShape, sliceOf } from './paging.ts'
import { integerAbove } from './params.ts'
import { refusal } from './refusals.ts'
import { described, post, type DescribedRoute } from './route.ts'
import { hashText, integer, list, object, timeText, type Schema } from './schema.ts'
import { times } from './utxo-view.ts'

const MOST_BLOCKS = 100n

export const blockSchema: Schema = object({
  blknum: integer,
  hash: hashText,
  eth_height: integer,
  timestamp: integer,
  tx_count: integer,
  inserted_at: timeText,
  updated_at: timeText,
})

/** The child chain's blocks. */
export function blockRoutes({ index }: Pick<InfoApi, 'index'>): readonly DescribedRoute[] {
  return [
    described(
      { summary: 'Blocks, newest first.', data: list(blockSchema), isPaged: true },
      post('/block.all', pageShape, (asked) => {
        const page = pageOf(asked, MOST_BLOCKS)
        return answeredPage(index.blocks(sliceOf(page)).map(blockView), page)
      }),
    ),
    described(
      { summary: 'One block.', data: blockSchema },
      post('/block.get', { blknum: integerAbove(0n) }, ({ blknum }) => {
        const block = index.block(blknum)
        return block ? answered(blockView(block)) : refusal('get_block', 'block_not_found')
      }),
    ),
  ]
}

export function blockView({ blknum, root, ethHeight, timestamp, transactions }: IndexedBlock): object {
  const counted = { blknum, hash: root, eth_height: ethHeight, timestamp, tx_count: transactions }
  return { ...counted, ...times(timestamp) }
}
