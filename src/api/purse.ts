import type { Address, UtxoPos } from '../plasma/units.ts'
import type { Snapshot } from '../watcher/snapshot.ts'
import type { IndexedOutput, InfoIndex } from './info-index.ts'
import { exitingOf } from './info-api.ts'

/** What an owner can pay with, one token at a time. */
export type Purse = {
  total: (currency: Address) => bigint
  /** From the greatest down, or from the smallest up. */
  outputs: (currency: Address, order: 'greatest' | 'smallest') => Iterable<IndexedOutput>
  exactly: (currency: Address, amount: bigint) => IndexedOutput | undefined
}

/** An owner's unspent outputs, less those that are in an exit or that the ledger knows to be gone. */
export function purseOf(owner: Address, index: InfoIndex, snapshot: Snapshot): Purse {
  const exiting = exitingOf(snapshot, owner)
  const gone = new Set<UtxoPos>(exiting)
  const isThere = ({ utxoPos }: IndexedOutput) => !gone.has(utxoPos) && snapshot.ledger.get(utxoPos) !== undefined
  const balances = new Map(index.balances(owner, exiting).map(({ currency, amount }) => [currency, amount]))
  return {
    total: (currency) => balances.get(currency) ?? 0n,
    *outputs(currency, order) {
      for (const output of index.byAmount({ owner, currency }, order)) if (isThere(output)) yield output
    },
    exactly: (currency, amount) => {
      for (const output of index.exactly({ owner, currency, amount: amount as IndexedOutput['amount'] })) {
        if (isThere(output)) return output
      }
      return undefined
    },
  }
}
