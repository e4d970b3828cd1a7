import { privateKeyToAccount } from 'viem/accounts'
import { depositEther } from '../devnet/actor-deposit.ts'
import { startDevnetChain } from '../devnet/devnet-chain.ts'
import type { Ends } from '../devnet/drill/ends.ts'
import { connectFramework } from '../devnet/operator/framework.ts'
import { openWallet } from '../devnet/wallet.ts'
import { createOperator } from '../src/chain/operator.ts'
import type { Address, Hash, Wei } from '../src/plasma/units.ts'
import { startHelper } from './helper.ts'
import type { OperatorSays } from './sync-operator.ts'
import type { Chain } from './sync-signer.ts'

/** A devnet with one deposit, whose operator has all blocks of a chain, and has submitted none of them. */
export type SyncChain = {
  rootChain: string
  operator: string
  framework: Address
  /** Submits the next roots, until there are as many blocks. */
  submitUpTo: (blocks: number) => Promise<void>
  /** The signed transactions of the first block. */
  firstBlock: () => Promise<readonly Uint8Array[]>
}

const MONEY = 9_000n * 10n ** 18n

/** `ends` is told how to take it down. */
export async function openSyncChain(
  { blocks, size }: Pick<Chain, 'blocks' | 'size'>,
  ends: Ends,
  tell: (text: string) => void,
): Promise<SyncChain> {
  const { chain, deployment } = await startDevnetChain()
  ends.add('the root chain', chain.stop)
  const { framework, accounts } = deployment
  const wallet = openWallet({ url: chain.url, contracts: deployment, privateKey: accounts.alice.privateKey })
  await depositEther(wallet, MONEY as Wei)
  const key = accounts.alice.privateKey
  const { url, roots } = await startOperator({ framework, key, money: MONEY.toString(), blocks, size }, ends, tell)
  const authority = privateKeyToAccount(accounts.authority.privateKey)
  const { submitBlock } = await connectFramework({ url: chain.url, framework, authority })
  let submitted = 0
  return {
    rootChain: chain.url,
    operator: url,
    framework,
    submitUpTo: async (count) => {
      for (const root of roots.slice(submitted, count)) await submitBlock(root)
      submitted = count
    },
    firstBlock: async () => {
      const answer = await createOperator({ url }).block(roots[0] as Hash)
      if (!answer.ok) throw new Error(answer.reason)
      return answer.block.transactions
    },
  }
}

async function startOperator(
  chain: Chain,
  ends: Ends,
  tell: (text: string) => void,
): Promise<Extract<OperatorSays, { url: string }>> {
  const operator = startHelper(new URL('./sync-operator.js', import.meta.url), chain)
  ends.add('the operator', operator.stop)
  for (let made = 1; ; made++) {
    const said = (await operator.hear()) as OperatorSays
    if ('url' in said) return said
    tell(`${made} of ${chain.blocks} blocks are made`)
  }
}
