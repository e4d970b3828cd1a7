import { addExitQueueCall } from '../exit-game/closing-calls.ts'
import { vaultOf } from '../exit-game/vault.ts'
import type { Address } from '../plasma/units.ts'
import type { World } from './task.ts'
import type { Urgency } from './urgency.ts'

/**
 * Gives a token its exit queue, without which no exit of it can be queued. Does nothing where there is one.
 *
 * @param urgency - Of what waits for the queue.
 */
export async function addExitQueue(
  token: Address,
  urgency: Urgency,
  { hasExitQueue, encode, submit, log }: World,
): Promise<void> {
  const queue = { vaultId: vaultOf(token), token }
  if (await hasExitQueue(queue)) return
  const call = encode(addExitQueueCall(token))
  const outcome = await submit({
    ...call,
    ...urgency,
    key: [call.to, 'addExitQueue', queue.vaultId, token].join(':'),
    purpose: 'addExitQueue',
    settled: async () =>
      (await hasExitQueue(queue)) ? { outcome: 'done_by_other', reason: 'the token has an exit queue' } : undefined,
  })
  log.info({ purpose: 'addExitQueue', ...queue, ...outcome }, 'answer ended')
}
