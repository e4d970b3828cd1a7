import { transactionRecoverer, type RecoveredTransaction } from '../plasma/recovered-transaction.ts'
import { answered, refused, serviceUnavailable, type Answer } from './answer.ts'
import { isSecure } from './chain-security.ts'
import { refusal } from './refusals.ts'
import { atLeast, hashText, integer, type Schema } from './schema.ts'
import type { WatcherApi } from './watcher-api.ts'

/** What the operator says of a transaction that it took. */
export const submittedSchema: Schema = atLeast({ blknum: integer, txindex: integer, txhash: hashText })

/** Why no transaction can be handed in now; undefined when one can. */
export function whyClosed(action: string, { watcher }: Pick<WatcherApi, 'watcher'>): Answer | undefined {
  const snapshot = watcher.snapshot()
  if (!snapshot) return serviceUnavailable
  if (isSecure(snapshot)) return undefined
  return refused(
    `${action}:chain_not_secure`,
    'The child chain is byzantine (/status.get says why): nothing is sent there, take your money home.',
  )
}

type Checked = { ok: true; transaction: RecoveredTransaction } | { ok: false; answer: Answer }

/** Refuses what the operator would refuse anyway, and fee transactions. */
export function checker({ recovery }: Pick<WatcherApi, 'recovery'>): (action: string, signedTx: Uint8Array) => Checked {
  const recover = transactionRecoverer(recovery)
  return (action, signedTx) => {
    const recovered = recover(signedTx)
    if (!recovered.ok) return { ok: false, answer: refusal(action, recovered.error) }
    const { transaction } = recovered.value
    if (transaction.txType === 'payment') return { ok: true, transaction: recovered.value }
    return { ok: false, answer: refusal(action, 'transaction_not_supported') }
  }
}

/**
 * Keeps a transaction, then passes it on. When the operator swallows it, the copy that was kept is what its owner's
 * in-flight exit is made of.
 */
export async function submit(
  { archive, operator }: Pick<WatcherApi, 'archive' | 'operator'>,
  action: string,
  { transaction, bytes }: RecoveredTransaction,
): Promise<Answer> {
  archive.store({ txHash: transaction.txHash, signedTx: bytes })
  if (!operator) return refusal(action, 'childchain_unreachable')
  const { ok, answer } = await operator.submit(bytes)
  if (ok) return answered(answer)
  if (isUnreachable(answer)) return refusal(action, 'childchain_unreachable')
  return { ok: false, refusal: { code: `${action}:client_error`, description: null, messages: answer } }
}

function isUnreachable(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null || !('code' in answer)) return false
  return answer.code === 'connection:childchain_unreachable'
}
