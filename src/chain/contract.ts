import {
  type Abi,
  type ContractFunctionArgs,
  type ContractFunctionName,
  decodeFunctionResult,
  encodeFunctionData,
} from 'viem'
import type { ContractFunctionReturnType } from 'viem'
import type { Address } from '../plasma/units.ts'
import { type Node, RootChainUnavailableError } from './node.ts'
import { hexData } from './shapes.ts'

type View = 'view' | 'pure'
type Names<A extends Abi> = ContractFunctionName<A, View>
type Args<A extends Abi, F extends Names<A>> = ContractFunctionArgs<A, View, F>

export type Reading<A extends Abi, F extends Names<A>> = {
  address: Address
  abi: A
  functionName: F
  args: Args<A, F>
  /** Height whose state is read; the newest when absent. */
  at?: bigint | undefined
}

/** A height, or the newest block, as JSON-RPC writes it. */
export function blockTag(at: bigint | undefined): string {
  return at === undefined ? 'latest' : `0x${at.toString(16)}`
}

/**
 * Reads a view function.
 *
 * @throws {@link ContractRevertedError}
 * @throws {@link RootChainUnavailableError} also when the answer is not what the ABI says.
 */
export async function read<const A extends Abi, F extends Names<A>>(
  node: Node,
  { address, abi, functionName, args, at }: Reading<A, F>,
): Promise<ContractFunctionReturnType<A, View, F, Args<A, F>>> {
  const data = encodeFunctionData({ abi, functionName, args } as never)
  const answer = await node.ask('eth_call', [{ to: address, data }, blockTag(at)], hexData)
  try {
    const value: unknown = decodeFunctionResult({ abi, functionName, args, data: answer } as never)
    return value as ContractFunctionReturnType<A, View, F, Args<A, F>>
  } catch {
    throw new RootChainUnavailableError(`eth_call ${functionName}`, 'malformed answer')
  }
}
