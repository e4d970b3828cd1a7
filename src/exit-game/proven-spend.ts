import type { Place } from '../plasma/ledger.ts'
import type { Address, UtxoPos } from '../plasma/units.ts'
import { knownSpends, type Facts, type Spend } from './spends.ts'
import { verifySpend } from './verify-spend.ts'

/** A spend with all that a contract wants to see of it. */
export type ProvenSpend = {
  /** Raw. */
  spendingTx: Uint8Array
  inputIndex: number
  /** The owner's, in the form that the contracts accept. */
  signature: Uint8Array
  place?: Place
}

type Spent = { utxoPos: UtxoPos; owner: Address; framework: Address }

/** Proves a spend; undefined when no signature that we hold for it stands up to the contract's check. */
export function proveSpend(facts: Facts, { txHash, inputIndex, place }: Spend, spent: Spent): ProvenSpend | undefined {
  for (const { raw, signature } of candidates(facts, { txHash, inputIndex, ...(place && { place }) }, spent)) {
    const verified = verifySpend({ ...spent, spendingTx: raw, inputIndex, signature })
    if (verified.ok) return { spendingTx: raw, inputIndex, signature: verified.signature, ...(place && { place }) }
  }
  return undefined
}

/** The first of several spends that can be proven. */
export function firstProven(facts: Facts, spends: readonly Spend[], spent: Spent): ProvenSpend | undefined {
  for (const spend of spends) {
    const proven = proveSpend(facts, spend, spent)
    if (proven) return proven
  }
  return undefined
}

type Candidate = { raw: Uint8Array; signature: Uint8Array }

/** Signatures that the owner may have given: in the block, and wherever else the transaction was seen. */
function candidates(facts: Facts, { txHash, inputIndex, place }: Spend, { utxoPos, owner }: Spent): Candidate[] {
  const inBlock = place && facts.evidence.signedTransaction(place)
  const signed = inBlock?.signatures[inputIndex]
  const found = inBlock && signed ? [{ raw: inBlock.transaction.raw, signature: signed }] : []
  for (const { transaction, signatures } of knownSpends(facts, utxoPos)) {
    const signature = transaction.txHash === txHash ? signatures.get(owner) : undefined
    if (signature) found.push({ raw: transaction.raw, signature })
  }
  return found
}
