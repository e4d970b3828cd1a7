import { request as httpRequest, Agent } from 'node:http'
import type { Hex } from '../src/lib/bytes.ts'
import type { Call, Wallet } from '../devnet/wallet.ts'

type Ask = (method: string, params: readonly unknown[]) => Promise<unknown>

/**
 * The questions of one answer, asked bare and in the same order: the exit's state, the simulation, its gas, head and
 * tip, balance and nonces, and a signed transaction. Milliseconds from the first question to the last answer.
 */
export async function bareAnswer(ask: Ask, wallet: Wallet, { state, challenge, raw }: BareCalls): Promise<number> {
  const started = performance.now()
  await ask('eth_call', [state, 'latest'])
  await ask('eth_call', [challenge, 'latest'])
  await ask('eth_estimateGas', [challenge])
  await Promise.all([ask('eth_getBlockByNumber', ['latest', false]), ask('eth_maxPriorityFeePerGas', [])])
  await Promise.all([
    ask('eth_getBalance', [wallet.address, 'latest']),
    ask('eth_getTransactionCount', [wallet.address, 'latest']),
    ask('eth_getTransactionCount', [wallet.address, 'pending']),
  ])
  await ask('eth_sendRawTransaction', [raw])
  return performance.now() - started
}

type BareCalls = { state: Pick<Call, 'to' | 'data'>; challenge: Pick<Call, 'to' | 'data'> & { from: string }; raw: Hex }

/** JSON-RPC with nothing around it, on connections that stay open. */
export function bareAsk(url: string): Ask & { close: () => void } {
  const agent = new Agent({ keepAlive: true })
  const ask = (method: string, params: readonly unknown[]) =>
    new Promise<unknown>((resolve, reject) => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
      const sent = httpRequest(url, { method: 'POST', agent, headers }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const answer = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
            result?: unknown
            error?: { message: string }
          }
          if (answer.error) reject(new Error(`${method}: ${answer.error.message}`))
          else resolve(answer.result)
        })
      })
      sent.on('error', reject)
      sent.end(body)
    })
  return Object.assign(ask, {
    close: () => {
      agent.destroy()
    },
  })
}
