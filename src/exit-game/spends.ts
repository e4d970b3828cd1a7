import { encodeUtxoPos } from '../plasma/position.ts'
import type { Address, Hash, UtxoPos } from '../plasma/units.ts'
import type { Place } from '../plasma/ledger.ts'
import type { Evidence } from './evidence.ts'
import type { ExitGame } from './exit-game.ts'
import type { KnownTransaction } from './known-transaction.ts'

/** What there is to judge by: what the contract said, and what the child chain shows. */
export type Facts = { game: ExitGame; evidence: Evidence }

/** A transaction that spends an output, whose owner's signature we hold. `place`: of the block that holds it, if any. */
export type Spend = { txHash: Hash; inputIndex: number; place?: Place }

type Wanted = {
  utxoPos: UtxoPos
  owner: Address
  /** Another transaction than this one. */
  otherThan?: Hash
}

/**
 * Every provable spend of an output, the one in a block first. A transaction that merely names the output without
 * its owner's signature proves nothing: anybody can write one.
 */
export function spendsOf({ game, evidence }: Facts, { utxoPos, owner, otherThan }: Wanted): Spend[] {
  const spends: Spend[] = []
  const inBlock = evidence.blockSpend(utxoPos)
  if (inBlock && inBlock.txHash !== otherThan) {
    const { txHash, inputIndex, blknum, txIndex } = inBlock
    spends.push({ txHash, inputIndex, place: { blknum, txIndex } })
  }
  const seen = new Set([otherThan, inBlock?.txHash])
  for (const known of knownSpends({ game, evidence }, utxoPos)) {
    const { txHash, inputs } = known.transaction
    if (seen.has(txHash) || !known.signatures.has(owner)) continue
    seen.add(txHash)
    spends.push({ txHash, inputIndex: inputs.indexOf(utxoPos) })
  }
  return spends
}

/** Signed transactions seen outside blocks that name the output, whoever signed them. */
export function knownSpends({ game, evidence }: Facts, utxoPos: UtxoPos): readonly KnownTransaction[] {
  const hashes = game.known.bySpent.get(utxoPos)
  const archived = evidence.archivedSpends(utxoPos)
  if (!hashes) return archived
  return [...hashes.flatMap((txHash) => game.known.byHash.get(txHash) ?? []), ...archived]
}

/** Where a transaction stands in the order of the child chain, as the contract compares it: output index 0. */
export function txPosition({ blknum, txIndex }: Place): UtxoPos {
  return encodeUtxoPos({ blknum, txIndex, outputIndex: 0 })
}
