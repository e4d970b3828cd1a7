import type Sqlite from 'better-sqlite3'
import type { Address, Wei } from '../plasma/units.ts'
import { encodeAmount } from './index-amount.ts'
import { OUTPUT_COLUMNS, type createOutputRows, type IndexedOutput, type OutputRow } from './index-output-rows.ts'

type OfToken = { owner: Address; currency: Address }

const AT_ONCE = 100

/** Unspent outputs of one owner and token, by what they are worth. */
export function createAmountRows(reader: Sqlite.Database, { rows, idOf }: ReturnType<typeof createOutputRows>) {
  const prepare = (order: 'asc' | 'desc') =>
    reader.prepare<[number, number, number], OutputRow>(
      `select ${OUTPUT_COLUMNS} from by_amount join outputs using (output)
      where by_amount.account = ? and by_amount.currency = ?
      order by by_amount.amount ${order}, output ${order} limit ${String(AT_ONCE)} offset ?`,
    )
  const statements = { greatest: prepare('desc'), smallest: prepare('asc') }
  const exact = reader.prepare<[number, number, Uint8Array], OutputRow>(
    `select ${OUTPUT_COLUMNS} from by_amount join outputs using (output)
    where by_amount.account = ? and by_amount.currency = ? and by_amount.amount = ?
    order by output limit ${String(AT_ONCE)}`,
  )
  return {
    *byAmount({ owner, currency }: OfToken, order: 'greatest' | 'smallest'): Iterable<IndexedOutput> {
      const [account, token] = [idOf(owner), idOf(currency)]
      for (let skip = 0; ; skip += AT_ONCE) {
        const page = statements[order].all(account, token, skip)
        yield* rows(page)
        if (page.length < AT_ONCE) return
      }
    },
    exactly: ({ owner, currency, amount }: OfToken & { amount: Wei }) =>
      rows(exact.all(idOf(owner), idOf(currency), encodeAmount(amount))),
  }
}
