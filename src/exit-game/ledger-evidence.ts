import type { LedgerView } from '../plasma/ledger.ts'
import { decodeUtxoPos } from '../plasma/position.ts'
import type { Evidence } from './evidence.ts'

/** What a ledger alone does not know: the framework's block times, and signed transactions seen elsewhere. */
type Beside = Pick<Evidence, 'blockTimestamp' | 'archivedSpends'>

/** Evidence answered by a ledger. */
export function ledgerEvidence(ledger: LedgerView, beside: Beside): Evidence {
  return {
    nextBlknum: ledger.nextBlknum,
    isUnspent: (utxoPos) => ledger.get(utxoPos) !== undefined,
    blockSpend: ledger.spend,
    inclusion: ledger.inclusion,
    signedTransaction: ledger.signedTransaction,
    creatingTransaction: (utxoPos) => ledger.rawTransaction(decodeUtxoPos(utxoPos)),
    inclusionProof: ledger.inclusionProof,
    ...beside,
  }
}
