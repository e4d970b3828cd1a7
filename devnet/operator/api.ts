import { parseHex, toHex } from '../../src/lib/bytes.ts'
import type { Hash } from '../../src/plasma/units.ts'
import { controlAnswer } from './control.ts'
import { type Answer, badParameter, envelope, failure, success } from './envelope.ts'
import { feesAnswer } from './fees-answer.ts'
import { type JsonAnswer, type JsonRequest, type JsonServer, serveJson } from './json-server.ts'
import type { Operator } from './operator.ts'
import type { Route } from './route.ts'

type Settings = {
  port: number
  host?: string
  /** Whether whoever asks may have blocks formed and cheats played (`/block.form`, `/cheat.*`). */
  control: boolean
}

/**
 * Serves the operator's HTTP API: elixir-omg's child chain, same names, same envelope, with and without `/v1`.
 *
 * @throws when the port is taken.
 */
export function serveOperator(operator: Operator, { control, ...at }: Settings): Promise<JsonServer> {
  const parts = control ? { ...routes, ...controlAnswer } : routes
  return serveJson(at, (request) => answer(operator, parts, request))
}

const routes: Readonly<Record<string, Route>> = {
  '/block.get': blockGet,
  '/transaction.submit': (operator, parameters) => submit(operator, parameters['transaction']),
  '/transaction.batch_submit': batchSubmit,
  '/fees.all': (operator) => success(feesAnswer(operator.fees)),
}

const pages: Readonly<Record<string, unknown>> = {
  '/alarm.get': [],
  '/configuration.get': { deposit_finality_margin: 0, contract_semver: '1.0.4', network: 'DEVNET' },
  '/health.check': {},
}

async function answer(
  operator: Operator,
  parts: Readonly<Record<string, Route>>,
  { method, path, body }: JsonRequest,
): Promise<JsonAnswer> {
  const name = path.replace(/^\/v1(?=\/)/, '')
  const wrapped = (status: number, given: Answer) => ({ status, body: envelope('child_chain', given) })
  const page = pages[name]
  if (method === 'GET' && page !== undefined) return wrapped(200, success(page))
  const route = method === 'POST' ? parts[name] : undefined
  if (!route) {
    return wrapped(200, failure('operation:not_found', 'Operation cannot be found. Check request URL.'))
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return wrapped(400, failure('operation:bad_request', 'Server has failed to parse the request.'))
  }
  return wrapped(200, await route(operator, { ...body }))
}

function blockGet(operator: Operator, { hash }: Readonly<Record<string, unknown>>): Answer {
  const bytes = typeof hash === 'string' ? parseHex(hash) : undefined
  if (bytes?.length !== 32) return badParameter('hash', ':hex')
  const block = operator.served(toHex(bytes) as Hash)
  if (!block) return failure('get_block:not_found')
  return success({ ...block, transactions: block.transactions.map(toHex) })
}

async function submit(operator: Operator, transaction: unknown): Promise<Answer> {
  const bytes = typeof transaction === 'string' ? parseHex(transaction) : undefined
  if (!bytes) return badParameter('transaction', ':hex')
  const submitted = await operator.submit(bytes)
  if (!submitted.ok) return failure(submitted.code)
  const { blknum, txIndex, transaction: taken } = submitted.placed
  return success({ blknum, txindex: txIndex, txhash: taken.txHash })
}

async function batchSubmit(operator: Operator, { transactions }: Readonly<Record<string, unknown>>): Promise<Answer> {
  if (!Array.isArray(transactions)) return badParameter('transactions', ':list')
  const answers: unknown[] = []
  for (const each of transactions) {
    const { success: taken, data } = await submit(operator, each)
    answers.push(taken ? data : { error: data })
  }
  return success(answers)
}
