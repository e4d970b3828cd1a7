import type { ConditionType } from '../exit-game/condition.ts'
import type { Side } from '../exit-game/contract-event.ts'
import type { Outcome } from '../lib/outcome.ts'
import type { Call, Fields, World } from './task.ts'

/** What an answering task achieves: one contract call about one exit, or one piece of it. */
export type Answer = {
  /** Contract function, as in the ABI. */
  purpose: string
  /** The events that this call answers. */
  events: readonly ConditionType[]
  exitId: bigint
  side?: Side
  index?: number
  occurrence: string
  call: Call
  /** Asks the contract's state whether anything is left to do; undefined while there is. */
  settled: () => Promise<Outcome | undefined>
}

/** Gives an answer once, tells the event source how it ended, and renders the end as the outputs of every answering task. */
export async function giveAnswer(answer: Answer, { submit, answered, log }: World): Promise<Fields> {
  const { purpose, events, exitId, side, index, occurrence, call, settled } = answer
  const subject = {
    exitId,
    ...(side === undefined ? {} : { side }),
    ...(index === undefined ? {} : { index }),
  }
  const key = [call.to, purpose, ...Object.values(subject), occurrence].join(':')
  const outcome = await submit({ ...call, key, purpose, settled })
  await answered({ events, subject, occurrence }, outcome)
  log.info({ purpose, ...subject, ...outcome }, 'answer ended')
  return {
    outcome: outcome.outcome,
    reason: outcome.reason,
    ...(outcome.txHash === undefined ? {} : { tx_hash: outcome.txHash }),
    exit_id: exitId.toString(),
    occurrence,
  }
}
