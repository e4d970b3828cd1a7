import type { KnownTransaction } from '../exit-game/known-transaction.ts'
import { recoverSigners } from '../exit-game/known-transaction.ts'
import type { RejectedBlock } from '../exit-game/holdings.ts'
import type { LedgerView } from '../plasma/ledger.ts'
import { MAX_LEAVES, merkleRoot } from '../plasma/merkle.ts'
import type { Recovery } from '../plasma/recovered-transaction.ts'
import { decodeSignedTransaction, type SignedTransaction } from '../plasma/transaction.ts'
import type { Address } from '../plasma/units.ts'
import type { Snapshot } from '../watcher/snapshot.ts'

type Asked = { own: ReadonlySet<Address>; recovery: Recovery; ledger: Pick<LedgerView, 'get'> }

/**
 * The transactions of the invalid block that concern own accounts, with whoever signed them. Undefined when there is no
 * such block, or what was served is not what its root names: then nobody knows what the block holds.
 */
export function readRejected(
  { conditions, childChain }: Pick<Snapshot, 'conditions'> & { childChain: Pick<Snapshot['childChain'], 'rejected'> },
  asked: Asked,
): RejectedBlock | undefined {
  const invalid = conditions.find((condition) => condition.type === 'invalid_block')
  const { transactions } = childChain.rejected ?? {}
  if (!invalid || !transactions || transactions.length > MAX_LEAVES) return undefined
  const { keccak } = asked.recovery
  const decoded = transactions.flatMap((signedTx) => {
    const signed = decodeSignedTransaction(signedTx)
    return signed.ok ? [signed.value] : []
  })
  const raws = decoded.map(({ transaction }) => transaction.raw)
  if (raws.length < transactions.length || merkleRoot(raws, keccak) !== invalid.hash) return undefined
  return { blknum: invalid.blknum, transactions: decoded.map((signed) => concerning(signed, asked)) }
}

function concerning(signed: SignedTransaction, { own, recovery, ledger }: Asked): KnownTransaction | undefined {
  const { inputs, outputs } = signed.transaction
  const spent = inputs.flatMap((utxoPos) => ledger.get(utxoPos) ?? [])
  const concerns = [...outputs, ...spent].some(({ owner }) => own.has(owner))
  return concerns ? recoverSigners(signed, recovery) : undefined
}
