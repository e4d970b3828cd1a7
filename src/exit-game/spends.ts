import { encodeUtxoPos } from '../plasma/position.ts'
import type { Address, Hash, UtxoPos } from '../plasma/units.ts'
import type { Place, Spend as BlockSpend } from '../plasma/ledger.ts'
import type { Cause } from './condition.ts'
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

/** What blocks did to an output. Neither: an exit took it, or no block that was applied has created it. */
type Fate = { unspent: boolean; spend: BlockSpend | undefined }

/** Most outputs that anybody asks about are unspent, and need only one question. */
export function fateOf({ isUnspent, blockSpend }: Evidence, utxoPos: UtxoPos): Fate {
  return isUnspent(utxoPos) ? UNSPENT : { unspent: false, spend: blockSpend(utxoPos) }
}

/**
 * Every provable spend of an output, the one in a block first. A transaction that merely names the output without
 * its owner's signature proves nothing: anybody can write one.
 *
 * @param fate - Of the output, from whoever has asked already.
 */
export function spendsOf(
  facts: Facts,
  { utxoPos, owner, otherThan }: Wanted,
  { spend: inBlock } = fateOf(facts.evidence, utxoPos),
): readonly Spend[] {
  const known = knownSpends(facts, utxoPos)
  const spends = inBlock && inBlock.txHash !== otherThan ? [placed(inBlock)] : NONE
  if (known.length === 0) return spends
  const seen = new Set([otherThan, inBlock?.txHash])
  const outside = known.flatMap<Spend>(({ transaction: { txHash, inputs }, signatures }) => {
    if (seen.has(txHash) || !signatures.has(owner)) return NONE
    seen.add(txHash)
    return [{ txHash, inputIndex: inputs.indexOf(utxoPos) }]
  })
  return [...spends, ...outside]
}

const NONE: readonly never[] = []
const UNSPENT: Fate = { unspent: true, spend: undefined }

/** A spend in a block. */
export function placed({ txHash, inputIndex, blknum, txIndex }: BlockSpend): Spend {
  return { txHash, inputIndex, place: { blknum, txIndex } }
}

/** Signed transactions seen outside blocks that name the output, whoever signed them. */
export function knownSpends({ game, evidence }: Facts, utxoPos: UtxoPos): readonly KnownTransaction[] {
  const hashes = game.known.bySpent.get(utxoPos)
  const archived = evidence.archivedSpends(utxoPos)
  if (!hashes) return archived
  return [...hashes.flatMap((txHash) => game.known.byHash.get(txHash) ?? NONE), ...archived]
}

/** A spend as what makes something true. */
export function causeOf({ txHash, place }: Spend): Cause {
  return place ? { txHash, place } : { txHash }
}

/** Where a transaction stands in the order of the child chain, as the contract compares it: output index 0. */
export function txPosition({ blknum, txIndex }: Place): UtxoPos {
  return encodeUtxoPos({ blknum, txIndex, outputIndex: 0 })
}
