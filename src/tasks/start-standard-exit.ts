import { z } from 'zod'
import { startStandardExitCall } from '../exit-game/calls.ts'
import { standardExitId } from '../exit-game/exit-id.ts'
import { createdOutput } from '../exit-game/holdings.ts'
import { ownStake } from '../exit-game/stake.ts'
import type { Outcome } from '../lib/outcome.ts'
import { outputId } from '../plasma/output-id.ts'
import { decodeUtxoPos } from '../plasma/position.ts'
import type { Output } from '../plasma/transaction.ts'
import { addExitQueue } from './add-exit-queue.ts'
import { outcomeOf, outcomesOnWire, type ExitOutcome } from './exit-outcomes.ts'
import { standardExits, type StandardExitOrder } from './exit-wire.ts'
import { attempt, occurrence } from './fields.ts'
import { startOnce } from './start-once.ts'
import { task, type World } from './task.ts'

/** Starts the standard exits of a plan, each from its owner's account. */
export const startStandardExit = task({
  key: 'startStandardExit',
  input: z.object({ plan_id: z.string(), standard_exits: standardExits, occurrence, attempt }),
  async run({ plan_id: planId, standard_exits: orders, occurrence: echoed }, world) {
    return outcomesOnWire(await startStandardExits(orders, world), { planId, occurrence: echoed })
  },
})

/** One after the other, in the order of the plan, so that what is worth most gets the means first. */
export async function startStandardExits(orders: readonly StandardExitOrder[], world: World): Promise<ExitOutcome[]> {
  const outcomes: ExitOutcome[] = []
  for (const order of orders) {
    outcomes.push({ exitId: order.exitId, ...(await outcomeOf(() => start(order, world), world.log)) })
  }
  return outcomes
}

async function start(order: StandardExitOrder, world: World): Promise<Outcome> {
  const { exitId, data } = order
  const output = createdOutput(data)
  const forbidden = whyNot(order, output, world)
  if (forbidden || !output) return forbidden ?? NO_OUTPUT
  const settled = () => settledExit(order, output, world)
  const early = await settled()
  const deadline = world.leaving.deadlineOf(exitId)
  const stake = ownStake([{ token: output.currency, amount: output.amount }])
  const urgency = { ...stake, ...(deadline === undefined ? {} : { deadline }) }
  if (order.addExitQueue && !early) await addExitQueue(output.currency, urgency, world)
  const { standardExit: bond } = await world.bonds()
  const call = startStandardExitCall({ utxoPos: data.utxo_pos, outputTx: data.txbytes, proof: data.proof })
  const start = { purpose: 'startStandardExit', exitId, from: output.owner, urgency, settled } as const
  return startOnce({ ...start, call: world.encode(call, bond) }, world)
}

const NO_OUTPUT: Outcome = { outcome: 'impossible', reason: 'There is no output at this position.' }

/** What is ours to decide, before the contract is asked. */
function whyNot(
  { exitId, data }: StandardExitOrder,
  output: Output | undefined,
  { leaving, own }: World,
): Outcome | undefined {
  if (leaving.refusal !== undefined) return { outcome: 'refused', reason: leaving.refusal }
  if (!output) return NO_OUTPUT
  if (standardExitId(data.txbytes, data.utxo_pos) !== exitId)
    return { outcome: 'impossible', reason: 'This output has another exit id.' }
  return own.has(output.owner) ? undefined : { outcome: 'refused', reason: `The output belongs to ${output.owner}.` }
}

async function settledExit(
  { exitId, data }: StandardExitOrder,
  { owner }: Output,
  world: World,
): Promise<Outcome | undefined> {
  const { utxo_pos: utxoPos, txbytes } = data
  const { amount, exitable } = await world.standardExit(exitId)
  if (amount > 0n && exitable) return { outcome: 'done_by_other', reason: 'The exit is started already.' }
  if (amount > 0n) return { outcome: 'impossible', reason: 'An exit of the output was challenged: it was spent.' }
  if (await world.isOutputFinalized(outputId(txbytes, decodeUtxoPos(utxoPos).outputIndex, utxoPos)))
    return { outcome: 'not_needed', reason: 'An exit has paid the output already.' }
  const spend = world.archivedSpends(utxoPos).find(({ signatures }) => signatures.has(owner))
  if (!spend) return undefined
  return { outcome: 'refused', reason: `Its owner has signed it away in transaction ${spend.transaction.txHash}.` }
}
