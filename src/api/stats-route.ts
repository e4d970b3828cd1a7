import type { Timestamp } from '../plasma/units.ts'
import { answered } from './answer.ts'
import type { BlockCounts } from './info-index.ts'
import type { InfoApi } from './info-api.ts'
import { described, post, type DescribedRoute } from './route.ts'
import { integer, object, orNull, type Schema } from './schema.ts'
import { fromSnapshot } from './watcher-api.ts'

const DAY_SECONDS = 86_400n

const counted = object({ all_time: integer, last_24_hours: integer })
const averaged = orNull({ type: 'number' })
const statsSchema: Schema = object({
  transaction_count: counted,
  block_count: counted,
  average_block_interval_seconds: object({ all_time: averaged, last_24_hours: averaged }),
})

/** How busy the child chain is, in chain time. */
export function statsRoute(api: InfoApi): DescribedRoute {
  return described(
    { summary: 'How busy the child chain is.', data: statsSchema },
    post('/stats.get', {}, () =>
      fromSnapshot(api, ({ head }) => {
        const all = api.index.counts(0n as Timestamp)
        const day = api.index.counts((head.timestamp - DAY_SECONDS) as Timestamp)
        const both = <Of>(of: (counts: BlockCounts | undefined) => Of) => ({
          all_time: of(all),
          last_24_hours: of(day),
        })
        return answered({
          transaction_count: both((counts) => counts?.transactions ?? 0),
          block_count: both((counts) => counts?.blocks ?? 0),
          average_block_interval_seconds: both(averageInterval),
        })
      }),
    ),
  )
}

function averageInterval(counts: BlockCounts | undefined): number | null {
  return counts && counts.blocks > 1 ? Number(counts.last - counts.first) / (counts.blocks - 1) : null
}
