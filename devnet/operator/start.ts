import { privateKeyToAccount } from 'viem/accounts'
import type { Hex } from '../../src/lib/bytes.ts'
import { type Address, ETH } from '../../src/plasma/units.ts'
import { serveOperator } from './api.ts'
import { CHILD_BLOCK_INTERVAL } from './book.ts'
import { connectFramework } from './framework.ts'
import type { FormedBlock } from './archive.ts'
import { createOperator, type Operator } from './operator.ts'

type Settings = {
  /** The root chain's node. */
  rootChain: string
  framework: Address
  /** Key of the account that may submit blocks. */
  authority: Hex
  /** 0: any free port. */
  port: number
  host?: string
  control: boolean
  /** Wei of ether that a payment costs; 0, the default, is nothing. */
  feeWei?: bigint
  onBlock?: (block: FormedBlock) => void
}

/** An operator that is served by HTTP. */
export type RunningOperator = {
  operator: Operator
  /** Whether no child block was there before. */
  isFresh: boolean
  url: string
  close: () => Promise<void>
}

/** Starts an operator for contracts that are deployed already. */
export async function startOperator(settings: Settings): Promise<RunningOperator> {
  const { rootChain, framework, feeWei = 0n, onBlock } = settings
  const authority = privateKeyToAccount(settings.authority)
  const chain = await connectFramework({ url: rootChain, framework, authority })
  const isFresh = (await chain.nextChildBlock()) === CHILD_BLOCK_INTERVAL
  const operator = await createOperator(chain, {
    framework,
    fees: new Map([[ETH, feeWei]]),
    feeClaimer: authority.address.toLowerCase() as Address,
    ...(onBlock && { onBlock }),
  })
  return { operator, isFresh, ...(await serveOperator(operator, settings)) }
}
