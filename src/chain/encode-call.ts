import { type Abi, encodeFunctionData } from 'viem'
import type { Hex } from '../lib/bytes.ts'
import type { Address, Wei } from '../plasma/units.ts'
import { exitGameAbi, frameworkAbi } from './abi.ts'
import type { Deployment } from './deployment.ts'

/** A call as `exit-game/calls.ts` makes it: names and order as in the ABI. */
export type ContractCall = Readonly<{ functionName: string; args: readonly unknown[] }>

/** A call as a transaction carries it. */
export type EncodedCall = { to: Address; data: Hex; value: Wei }

/**
 * Encodes a call of the exit game, or of the framework where that has the function (contracts.md 5).
 *
 * @throws when neither has it, or the arguments do not fit: a bug of the caller.
 */
export function encodeCall(
  { framework, paymentExitGame }: Pick<Deployment, 'framework' | 'paymentExitGame'>,
  { functionName, args }: ContractCall,
  value: Wei = 0n as Wei,
): EncodedCall {
  const ofFramework = has(frameworkAbi, functionName)
  const [to, abi] = ofFramework ? [framework, frameworkAbi] : [paymentExitGame, exitGameAbi]
  const untyped: { abi: Abi; functionName: string; args: readonly unknown[] } = { abi, functionName, args }
  return { to, data: encodeFunctionData(untyped), value }
}

function has(abi: Abi, name: string): boolean {
  return abi.some((item) => item.type === 'function' && item.name === name)
}
