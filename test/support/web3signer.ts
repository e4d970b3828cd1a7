import type { TransactionSerializableEIP1559 } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import type { Hex } from '../../src/lib/bytes.ts'
import type { TlsBehaviour } from './tls.ts'

/** The arguments of `eth_signTransaction`, as Web3Signer documents them. */
type Asked = Readonly<Record<'from' | 'to' | 'data', Hex>> &
  Readonly<Record<'gas' | 'nonce' | 'value' | 'maxFeePerGas' | 'maxPriorityFeePerGas', string>>

type Question = { id: unknown; method: string; params: readonly Asked[] }

/** A signer of the test's own that answers as Web3Signer does for one key and one chain. */
export function web3signer(
  privateKey: Hex,
  { chainId = 31_337, heard = [] }: { chainId?: number; heard?: Question[] } = {},
): TlsBehaviour {
  const account = privateKeyToAccount(privateKey)
  return async (body, response) => {
    const question = JSON.parse(body) as Question
    heard.push(question)
    const answer = async () => {
      if (question.method === 'eth_accounts') return { result: [account.address.toLowerCase()] }
      const [asked] = question.params
      if (question.method !== 'eth_signTransaction' || !asked)
        return { error: { code: -32_601, message: 'Method not found' } }
      if (asked.from !== account.address.toLowerCase()) {
        return { error: { code: -32_000, message: 'No unlocked account matches the Sender' } }
      }
      return { result: await account.signTransaction({ ...asFields(asked), chainId }) }
    }
    const text = JSON.stringify({ jsonrpc: '2.0', id: question.id, ...(await answer()) })
    response.writeHead(200, { 'content-type': 'application/json' }).end(text)
  }
}

export function asFields(asked: Asked): TransactionSerializableEIP1559 & { type: 'eip1559' } {
  return {
    ...{ type: 'eip1559', chainId: 31_337, to: asked.to, data: asked.data, nonce: Number(asked.nonce) },
    ...{ gas: BigInt(asked.gas), value: BigInt(asked.value) },
    maxFeePerGas: BigInt(asked.maxFeePerGas),
    maxPriorityFeePerGas: BigInt(asked.maxPriorityFeePerGas),
  }
}
