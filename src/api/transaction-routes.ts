import { transactionRecoverer, type RecoveredTransaction } from '../plasma/recovered-transaction.ts'
import { answered, serviceUnavailable, type Answer } from './answer.ts'
import { hex, listOf } from './params.ts'
import { refusal } from './refusals.ts'
import { post, type Route } from './route.ts'
import type { WatcherApi } from './watcher-api.ts'

/** Where owners hand in their transactions: kept first, then passed on. */
export function transactionRoutes(api: WatcherApi): readonly Route[] {
  const check = checker(api)
  return [
    post('/transaction.submit', { transaction: hex }, ({ transaction }) => {
      if (!api.watcher.snapshot()) return serviceUnavailable
      const checked = check('submit', transaction)
      return checked.ok ? submit(api, 'submit', checked.transaction) : checked.answer
    }),
    post('/transaction.batch_submit', { transactions: listOf(hex, 'transaction') }, async ({ transactions }) => {
      if (!api.watcher.snapshot()) return serviceUnavailable
      const accepted: RecoveredTransaction[] = []
      for (const transaction of transactions) {
        const checked = check('batch_submit', transaction)
        if (!checked.ok) return checked.answer
        accepted.push(checked.transaction)
      }
      const results: unknown[] = []
      for (const transaction of accepted) results.push(resultOf(await submit(api, 'batch_submit', transaction)))
      return answered(results)
    }),
  ]
}

type Checked = { ok: true; transaction: RecoveredTransaction } | { ok: false; answer: Answer }

function checker({ recovery }: WatcherApi): (action: string, signedTx: Uint8Array) => Checked {
  const recover = transactionRecoverer(recovery)
  return (action, signedTx) => {
    const recovered = recover(signedTx)
    if (!recovered.ok) return { ok: false, answer: refusal(action, recovered.error) }
    const { transaction } = recovered.value
    if (transaction.txType === 'payment') return { ok: true, transaction: recovered.value }
    return { ok: false, answer: refusal(action, 'transaction_not_supported') }
  }
}

/** When the operator swallows it, the copy that was kept is what its owner's in-flight exit is made of. */
async function submit(
  { archive, operator }: WatcherApi,
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

function resultOf(answer: Answer): unknown {
  return answer.ok ? answer.data : { error: answer.refusal }
}
