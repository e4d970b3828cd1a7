import { decodeFunctionData } from 'viem'
import type { Hex } from '../../src/lib/bytes.ts'
import type { Address } from '../../src/plasma/units.ts'
import { actorAbi } from '../actor-abi.ts'
import type { Receipt, RootChainClient } from '../wallet.ts'
import { type Answer, expectEqual } from './scenario.ts'

/** A transaction of the guard that the chain holds. */
type Sent = { receipt: Receipt; answer: Answer }

/** The guard's account as the chain shows it, from where it is opened: what its owner did before does not count. */
export type GuardAccount = {
  /** All its transactions in blocks, in order. Throws when there are others than these hashes name. */
  mined: (hashes: readonly Hex[]) => Promise<readonly Sent[]>
  /** How many transactions the node has of it, in blocks or not. */
  transactions: () => Promise<number>
  /** Wei won since the start, gas aside. */
  earned: (sent: readonly Sent[]) => Promise<bigint>
}

export async function openGuardAccount(client: RootChainClient, address: Address): Promise<GuardAccount> {
  const atStart = await client.getBalance({ address })
  const before = await client.getTransactionCount({ address })
  return {
    mined: async (hashes) => {
      const found = await Promise.all([...new Set(hashes)].map((hash) => readSent(client, hash)))
      const sent = found.filter((each) => each !== undefined)
      const nonce = await client.getTransactionCount({ address })
      expectEqual('transactions of the guard that its log names', sent.length, nonce - before)
      return sent
    },
    transactions: async () => (await client.getTransactionCount({ address, blockTag: 'pending' })) - before,
    earned: async (sent) => {
      const gas = sent.reduce((sum, { receipt }) => sum + receipt.gasUsed * receipt.effectiveGasPrice, 0n)
      return (await client.getBalance({ address })) + gas - atStart
    },
  }
}

async function readSent(client: RootChainClient, hash: Hex): Promise<Sent | undefined> {
  const receipt = await client.getTransactionReceipt({ hash }).catch(() => undefined)
  if (!receipt) return undefined
  const { input } = await client.getTransaction({ hash })
  return { receipt, answer: { function: nameOf(input), txHash: hash, gasUsed: Number(receipt.gasUsed) } }
}

function nameOf(input: Hex): string {
  try {
    return decodeFunctionData({ abi: actorAbi, data: input }).functionName
  } catch {
    return input.slice(0, 10)
  }
}
