import type { Address } from '../plasma/units.ts'
import type { Call } from './calls.ts'
import { vaultOf } from './vault.ts'

export type DeleteInFlightExitCall = Call<'deleteNonPiggybackedInFlightExit', readonly [exitId: bigint]>

export function deleteInFlightExitCall(exitId: bigint): DeleteInFlightExitCall {
  return { functionName: 'deleteNonPiggybackedInFlightExit', args: [exitId] }
}

export type ProcessExitsCall = Call<
  'processExits',
  readonly [vaultId: bigint, token: Address, topExitId: bigint, maxExitsToProcess: bigint]
>

/** Of the framework. Whatever is on top of the queue is processed: a named top exit may be gone when it is mined. */
export function processExitsCall(token: Address, most: bigint): ProcessExitsCall {
  return { functionName: 'processExits', args: [vaultOf(token), token, 0n, most] }
}

export type AddExitQueueCall = Call<'addExitQueue', readonly [vaultId: bigint, token: Address]>

/** Of the framework. */
export function addExitQueueCall(token: Address): AddExitQueueCall {
  return { functionName: 'addExitQueue', args: [vaultOf(token), token] }
}
