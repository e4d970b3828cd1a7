import { parse } from 'lossless-json'
import { toHex } from '../src/lib/bytes.ts'
import type { Payment } from './actor-payment.ts'

/**
 * Hands a signed payment to an operator, or to a Watcher, by `/transaction.submit`.
 *
 * @throws with the code that it was refused with.
 */
export async function submitPayment(url: string, payment: Payment): Promise<{ blknum: bigint; txIndex: number }> {
  const data = await post(url, '/transaction.submit', { transaction: toHex(payment.bytes) })
  const { blknum, txindex } = data as { blknum: bigint; txindex: bigint }
  return { blknum, txIndex: Number(txindex) }
}

/**
 * Calls an API with elixir-omg's envelope; integers come back as bigints.
 *
 * @throws with the code and the description of a refusal.
 */
export async function post(url: string, path: string, parameters: Record<string, unknown>): Promise<unknown> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(parameters),
  })
  const { success, data } = parse(await response.text(), null, BigInt) as { success: boolean; data: unknown }
  if (success) return data
  const { code, description } = data as { code: string; description: string | null }
  throw new Error([code, description ?? ''].join(' ').trim())
}
