import { setImmediate as giveWay } from 'node:timers/promises'
import type { RecoveredTransaction } from '../plasma/recovered-transaction.ts'
import { answered, type Answer } from './answer.ts'
import { hex, listOf } from './params.ts'
import { described, post, type DescribedRoute } from './route.ts'
import { list, object } from './schema.ts'
import { MANY_TRANSACTIONS_BYTES } from './service-routes.ts'
import { checker, submit, submittedSchema, whyClosed } from './submit.ts'
import type { WatcherApi } from './watcher-api.ts'

/** Where owners hand in their transactions: kept first, then passed on. */
export function transactionRoutes(api: WatcherApi): readonly DescribedRoute[] {
  return [submitOne(api), submitMany(api)]
}

function submitOne(api: WatcherApi): DescribedRoute {
  const check = checker(api)
  return described(
    { summary: 'Keeps a signed transaction and passes it on to the operator.', data: submittedSchema },
    post('/transaction.submit', { transaction: hex }, ({ transaction }) => {
      const closed = whyClosed('submit', api)
      if (closed) return closed
      const checked = check('submit', transaction)
      return checked.ok ? submit(api, 'submit', checked.transaction) : checked.answer
    }),
  )
}

function submitMany(api: WatcherApi): DescribedRoute {
  const check = checker(api)
  return described(
    {
      summary: 'Keeps signed transactions and passes them on, one by one: none when one of them is malformed.',
      data: list({ anyOf: [submittedSchema, object({ error: { type: 'object' } })] }),
      bodyLimitBytes: MANY_TRANSACTIONS_BYTES,
    },
    post('/transaction.batch_submit', { transactions: listOf(hex, 'transaction') }, async ({ transactions }) => {
      const closed = whyClosed('batch_submit', api)
      if (closed) return closed
      const accepted: RecoveredTransaction[] = []
      for (const transaction of transactions) {
        const checked = check('batch_submit', transaction)
        if (!checked.ok) return checked.answer
        accepted.push(checked.transaction)
        await giveWay()
      }
      const results: unknown[] = []
      for (const transaction of accepted) results.push(resultOf(await submit(api, 'batch_submit', transaction)))
      return answered(results)
    }),
  )
}

function resultOf(answer: Answer): unknown {
  return answer.ok ? answer.data : { error: answer.refusal }
}
