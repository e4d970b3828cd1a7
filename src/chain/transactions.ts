import type { Hex } from '../lib/bytes.ts'
import type { Address, Wei } from '../plasma/units.ts'
import type { Call, ChainAccess, Receipt, Trial } from '../tx/chain-access.ts'
import { readHead } from './blocks.ts'
import { type Answer, type Node, RootChainUnavailableError } from './node.ts'
import { readPrice } from './price.ts'
import { revertOf } from './rpc-fault.ts'
import { lacksFunds, receptionOf } from './send-fault.ts'
import { hash, header, hexData, quantity, transactionReceipt } from './shapes.ts'

/** What sending transactions asks of the root chain, answered by a node. */
export function createChainAccess(node: Node): ChainAccess {
  return {
    head: async () => {
      const head = await readHead(node)
      return { number: head.number, timestamp: head.timestamp, ...(await readPrice(node, head.baseFeePerGas)) }
    },
    finalized: async () => {
      const answer = await node.attempt('eth_getBlockByNumber', ['finalized', false], header.nullable())
      return answer.ok ? answer.value?.number : undefined
    },
    nonces: async (account) => {
      const [mined, known] = await Promise.all([nonceAt(node, account, 'latest'), nonceAt(node, account, 'pending')])
      return { mined, known }
    },
    balance: async (account) => (await node.ask('eth_getBalance', [account, 'latest'], quantity)) as Wei,
    tryCall: (call) => tryCall(node, call),
    broadcast: async (raw) => {
      const answer = await node.attempt('eth_sendRawTransaction', [raw], hash)
      return answer.ok ? { ok: true } : receptionOf(answer.fault)
    },
    receipt: (txHashes) => firstReceipt(node, txHashes),
  }
}

async function nonceAt(node: Node, account: Address, block: 'latest' | 'pending'): Promise<number> {
  return Number(await node.ask('eth_getTransactionCount', [account, block], quantity))
}

/** First the call itself, which says why it fails; then what it costs. */
async function tryCall(node: Node, { from, to, data, value }: Call): Promise<Trial> {
  const call = { from, to, data, value: `0x${value.toString(16)}` }
  const called = await node.attempt('eth_call', [call, 'latest'], hexData)
  if (!called.ok) return failure('eth_call', called)
  const estimate = await node.attempt('eth_estimateGas', [call], quantity)
  return estimate.ok ? { ok: true, gas: estimate.value } : failure('eth_estimateGas', estimate)
}

function failure(method: string, { fault }: Extract<Answer<unknown>, { ok: false }>): Trial {
  if (lacksFunds(fault)) return { ok: false, why: 'insufficient_funds' }
  const revert = revertOf(fault)
  if (revert) return { ok: false, why: 'reverted', reason: revert.reason ?? 'no reason given' }
  throw new RootChainUnavailableError(method, `rpc error ${String(fault.code)}`)
}

async function firstReceipt(node: Node, txHashes: readonly Hex[]): Promise<Receipt | undefined> {
  for (const txHash of txHashes.toReversed()) {
    const found = await node.ask('eth_getTransactionReceipt', [txHash], transactionReceipt.nullable())
    if (found?.transactionHash !== txHash || found.status === undefined) continue
    const fee = ((found.gasUsed ?? 0n) * (found.effectiveGasPrice ?? 0n)) as Wei
    return { txHash, status: found.status === 1n ? 'success' : 'reverted', blockNumber: found.blockNumber, fee }
  }
  return undefined
}
