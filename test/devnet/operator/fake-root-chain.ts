import type { News, OperatorRootChain } from '../../../devnet/operator/root-chain.ts'
import { encodeUtxoPos } from '../../../src/plasma/position.ts'
import type { Address, Hash, UtxoPos, Wei } from '../../../src/plasma/units.ts'

/** A root chain for an operator: what is submitted can be read, what happens there is told. */
export function fakeOperatorChain() {
  const roots: Hash[] = []
  const untold: News[] = []
  let failures = 0
  let depositBlock = 1n
  const chain: OperatorRootChain = {
    nextChildBlock: () => Promise.resolve(BigInt(roots.length + 1) * 1000n),
    submitBlock: (root) => {
      if (failures-- > 0) return Promise.reject(new Error('no connection'))
      roots.push(root)
      return Promise.resolve()
    },
    news: () => Promise.resolve(untold.splice(0)),
  }
  return {
    chain,
    roots,
    tell: (news: News) => untold.push(news),
    failNext: (times: number) => {
      failures = times
    },
    deposit: (
      owner: Address,
      currency: Address,
      amount: bigint,
    ): { utxoPos: UtxoPos; currency: Address; amount: Wei } => {
      const utxoPos = encodeUtxoPos({ blknum: depositBlock++, txIndex: 0, outputIndex: 0 })
      untold.push({ type: 'deposited', utxoPos, owner, currency, amount: amount as Wei })
      return { utxoPos, currency, amount: amount as Wei }
    },
  }
}
