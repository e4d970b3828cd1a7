import type { Outcome } from '../lib/outcome.ts'
import type { Address } from '../plasma/units.ts'
import type { Call, World } from './task.ts'
import type { Urgency } from './urgency.ts'

type Start = {
  purpose: 'startStandardExit' | 'startInFlightExit'
  exitId: bigint
  call: Call
  from: Address
  urgency: Urgency
  settled: () => Promise<Outcome | undefined>
}

/**
 * Starts an exit, whatever asked for it: two causes start one exit once. When the contract is done with an earlier exit
 * of the same id, it is another start.
 */
export async function startOnce(start: Start, world: World): Promise<Outcome> {
  const { purpose, exitId, call, from, urgency, settled } = start
  const before = world.leaving.endedStart(exitId)
  const key = [call.to, purpose, exitId, ...(before === undefined ? [] : ['after', before])].join(':')
  const outcome = await world.submit({ ...call, ...urgency, key, purpose, from, settled })
  world.log.info({ purpose, exitId, ...outcome }, 'answer ended')
  return outcome
}
