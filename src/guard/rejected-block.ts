import type { KnownTransaction } from '../exit-game/known-transaction.ts'
import { recoverSigners } from '../exit-game/known-transaction.ts'
import type { RejectedBlock } from '../exit-game/holdings.ts'
import type { LedgerView } from '../plasma/ledger.ts'
import { MAX_LEAVES, merkleRoot } from '../plasma/merkle.ts'
import { decodeSignedTransaction } from '../plasma/transaction.ts'
import type { Address } from '../plasma/units.ts'
import type { Operator } from '../watcher/operator.ts'
import type { Snapshot } from '../watcher/snapshot.ts'

type ServedBlock = Extract<Awaited<ReturnType<Operator['block']>>, { ok: true }>['block']

/**
 * The invalid block of a snapshot as the operator serves it; undefined when there is none, he shows none, or what he
 * shows is not what the root names: then nobody knows what the block holds.
 */
export async function fetchRejected(
  { conditions }: Pick<Snapshot, 'conditions'>,
  operator: Pick<Operator, 'block'>,
): Promise<ServedBlock | undefined> {
  const invalid = conditions.find((condition) => condition.type === 'invalid_block')
  if (!invalid) return undefined
  const answer = await operator.block(invalid.hash)
  if (!answer.ok || answer.block.transactions.length > MAX_LEAVES) return undefined
  const raws = answer.block.transactions.flatMap((signedTx) => {
    const decoded = decodeSignedTransaction(signedTx)
    return decoded.ok ? [decoded.value.transaction.raw] : []
  })
  const whole = raws.length === answer.block.transactions.length && merkleRoot(raws) === invalid.hash
  return whole ? { ...answer.block, blknum: invalid.blknum } : undefined
}

type Asked = { own: ReadonlySet<Address>; framework: Address; ledger: Pick<LedgerView, 'get'> }

/** The transactions of the invalid block that concern own accounts, with whoever signed them. */
export function readRejected({ blknum, transactions }: ServedBlock, asked: Asked): RejectedBlock {
  return { blknum, transactions: transactions.map((signedTx) => readConcerning(signedTx, asked)) }
}

function readConcerning(signedTx: Uint8Array, { own, framework, ledger }: Asked): KnownTransaction | undefined {
  const decoded = decodeSignedTransaction(signedTx)
  if (!decoded.ok) return undefined
  const { inputs, outputs } = decoded.value.transaction
  const spent = inputs.flatMap((utxoPos) => ledger.get(utxoPos) ?? [])
  const concerns = [...outputs, ...spent].some(({ owner }) => own.has(owner))
  return concerns ? recoverSigners(decoded.value, { framework }) : undefined
}
