import { signingHash } from '../plasma/typed-data.ts'
import type { Recovery } from '../plasma/recovered-transaction.ts'
import { normalise, recover as nobleRecover } from '../plasma/signature.ts'
import type { SignedTransaction, Transaction } from '../plasma/transaction.ts'
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

/** The same, while a batch of events is folded in. */
export type KnownTransactionsDraft = {
  byHash: Map<Hash, KnownTransaction>
  bySpent: Map<UtxoPos, readonly Hash[]>
}

type Written<Key, Value> = Pick<Map<Key, Value>, 'get'> & { set: (key: Key, value: Value) => void }
type Learning = { byHash: Written<Hash, KnownTransaction>; bySpent: Written<UtxoPos, readonly Hash[]> }

/** Adds what one source knows of a transaction. A signature already held is kept: either proves the same. */
export function learnTransaction(draft: Learning, { transaction, signatures }: KnownTransaction): void {
  const { txHash } = transaction
  const held = draft.byHash.get(txHash)
  draft.byHash.set(txHash, {
    transaction: held?.transaction ?? transaction,
    signatures: new Map([...signatures, ...(held?.signatures ?? [])]),
  })
  if (held) return
  for (const utxoPos of new Set(transaction.inputs)) {
    draft.bySpent.set(utxoPos, inserted(draft.bySpent.get(utxoPos) ?? [], txHash))
  }
}

/** In order, so that what is judged does not depend on who was seen first. */
function inserted(hashes: readonly Hash[], added: Hash): readonly Hash[] {
  const after = hashes.findIndex((hash) => hash > added)
  return after < 0 ? [...hashes, added] : hashes.toSpliced(after, 0, added)
}

/**
 * A transaction from an untrusted source, with whoever really signed it: signatures in the form that the contracts
 * accept, those of nobody dropped.
 */
export function recoverSigners(
  { transaction, signatures }: Pick<SignedTransaction, 'transaction' | 'signatures'>,
  { framework, recover = nobleRecover }: Recovery,
): KnownTransaction {
  const digest = signingHash(transaction, framework)
  const bySigner = new Map<Address, Uint8Array>()
  for (const signature of signatures) {
    const signer = recover(digest, signature)
    if (signer !== undefined) bySigner.set(signer, normalise(signature))
  }
  return { transaction, signatures: bySigner }
}
