import type { Transaction } from '../plasma/transaction.ts'
import type { Address, Hash, UtxoPos } from '../plasma/units.ts'

/**
 * A signed transaction seen outside blocks. One owner's signature serves every input of that owner, so signatures
 * are kept by signer and merged from every source: calldata of a challenge shows one, an in-flight exit shows all.
 */
export type KnownTransaction = { transaction: Transaction; signatures: ReadonlyMap<Address, Uint8Array> }

/** Every signed transaction that the exit game has shown. Nothing is ever forgotten: a signature stays a proof. */
export type KnownTransactions = {
  byHash: ReadonlyMap<Hash, KnownTransaction>
  /** Which of them name the output as an input, signed by its owner or not. */
  bySpent: ReadonlyMap<UtxoPos, readonly Hash[]>
}
