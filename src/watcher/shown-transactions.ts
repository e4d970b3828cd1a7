import { encodeSigned } from '../plasma/encode-transaction.ts'
import { decodeTransaction } from '../plasma/transaction.ts'
import type { ChainEvent } from './facts.ts'

/** The signed transactions that exits and challenges have shown: they prove a spend also when the log itself is taken back. */
export function shownTransactions(events: readonly ChainEvent[]): Uint8Array[] {
  return events.flatMap((event) => {
    if (event.type === 'InFlightExitStarted') return signed(event.inFlightTx, event.signatures)
    if (event.type !== 'InFlightExitChallenged') return []
    return signed(event.competingTx, [event.competingTxSignature])
  })
}

/** Calldata may hold anything. */
function signed(raw: Uint8Array, signatures: readonly Uint8Array[]): Uint8Array[] {
  return decodeTransaction(raw).ok ? [encodeSigned(raw, signatures)] : []
}
