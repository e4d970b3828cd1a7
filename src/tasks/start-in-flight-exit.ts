import { z } from 'zod'
import { startInFlightExitCall } from '../exit-game/calls.ts'
import { parseCanonical } from '../exit-game/canonical-transaction.ts'
import type { Side } from '../exit-game/contract-event.ts'
import { inFlightExitId } from '../exit-game/exit-id.ts'
import { createdOutput } from '../exit-game/holdings.ts'
import { eitherStake } from '../exit-game/stake.ts'
import type { Outcome } from '../lib/outcome.ts'
import { outputId } from '../plasma/output-id.ts'
import { decodeUtxoPos } from '../plasma/position.ts'
import type { Output } from '../plasma/transaction.ts'
import type { Address, Hash, UtxoPos } from '../plasma/units.ts'
import { addExitQueue } from './add-exit-queue.ts'
import { outcomeOf, outcomesOnWire, worst, type ExitOutcome } from './exit-outcomes.ts'
import { inFlightExits, type InFlightExitOrder } from './exit-wire.ts'
import { attempt, occurrence } from './fields.ts'
import { isHeld } from './in-flight-exit.ts'
import { joinExit } from './join-exit.ts'
import { startOnce } from './start-once.ts'
import { task, type World } from './task.ts'
import type { Urgency } from './urgency.ts'

/** Starts the in-flight exits of a plan, and joins each with its own inputs and outputs. */
export const startInFlightExit = task({
  key: 'startInFlightExit',
  input: z.object({ plan_id: z.string(), in_flight_exits: inFlightExits, occurrence, attempt }),
  async run({ plan_id: planId, in_flight_exits: orders, occurrence: echoed }, world) {
    return outcomesOnWire(await startInFlightExits(orders, world), { planId, occurrence: echoed })
  },
})

/** One after the other, in the order of the plan. */
export async function startInFlightExits(orders: readonly InFlightExitOrder[], world: World): Promise<ExitOutcome[]> {
  const outcomes: ExitOutcome[] = []
  for (const order of orders) outcomes.push({ exitId: order.exitId, ...(await leave(order, world)) })
  return outcomes
}

/** An exit that nobody joins brings nothing home, so the worst of all its steps is how it ended. */
async function leave(order: InFlightExitOrder, world: World): Promise<Outcome> {
  const start = await outcomeOf(() => begin(order, world), world.log)
  // Whoever else has started it: its own event asks for our pieces, by the log that it stands on.
  if (start.outcome !== 'done_by_us' || start.txHash === undefined) return start
  const { exitId, data } = order
  const occurrence = `${start.txHash}:${FIRST_LOG}`
  const of = { exitId, inFlightTx: data.in_flight_tx, occurrence, cleared: true } as const
  const joined: Outcome[] = []
  for (const { side, index } of piecesOf(order)) {
    joined.push(await outcomeOf(() => joinExit({ side, index, ...of }, world), world.log))
  }
  const { outcome, reason } = worst(joined, start)
  return { outcome: rankOf(outcome), reason: outcome === 'done_by_us' ? start.reason : reason, txHash: start.txHash }
}

/** A direct call of `startInFlightExit` makes one log of the exit game. */
const FIRST_LOG = 0

/** That a piece is joined already or need not join does not undo that we started its exit. */
function rankOf(outcome: Outcome['outcome']): Outcome['outcome'] {
  return outcome === 'done_by_other' || outcome === 'not_needed' ? 'done_by_us' : outcome
}

async function begin(order: InFlightExitOrder, world: World): Promise<Outcome> {
  const { exitId, data } = order
  const from = starterOf(order, world.own)
  const forbidden = whyNot(order, from, world)
  if (forbidden || !from) return forbidden ?? NOBODYS
  const settled = () => settledExit(order, world)
  const urgency = urgencyOf(order, world)
  if (!(await settled())) for (const token of order.addExitQueues) await addExitQueue(token, urgency, world)
  const { inFlightExit: bond } = await world.bonds()
  const call = startInFlightExitCall({
    inFlightTx: data.in_flight_tx,
    inputTxs: data.input_txs,
    inputUtxosPos: data.input_utxos_pos,
    inputTxsInclusionProofs: data.input_txs_inclusion_proofs,
    signatures: data.in_flight_tx_sigs,
  })
  const start = { purpose: 'startInFlightExit', exitId, from, urgency, settled } as const
  return startOnce({ ...start, call: world.encode(call, bond) }, world)
}

function urgencyOf(order: InFlightExitOrder, { leaving, own }: World): Urgency {
  const deadline = leaving.deadlineOf(order.exitId)
  const moneyOf = (wanted: Side) =>
    piecesOf(order).flatMap(({ side, output }) =>
      side === wanted && output && own.has(output.owner) ? [{ token: output.currency, amount: output.amount }] : [],
    )
  const stake = eitherStake(moneyOf('input'), moneyOf('output'))
  return { ...stake, ...(deadline === undefined ? {} : { deadline }) }
}

const NOBODYS: Outcome = { outcome: 'refused', reason: 'Nothing of this transaction belongs to our accounts.' }

function whyNot(
  { exitId, data }: InFlightExitOrder,
  from: Address | undefined,
  { leaving }: World,
): Outcome | undefined {
  if (leaving.refusal !== undefined) return { outcome: 'refused', reason: leaving.refusal }
  if (inFlightExitId(data.in_flight_tx) !== exitId)
    return { outcome: 'impossible', reason: 'This transaction has another exit id.' }
  return from === undefined ? NOBODYS : undefined
}

type Piece = { side: Side; index: number; output: Output | undefined }

function piecesOf({ data, inputs, outputs }: InFlightExitOrder): Piece[] {
  const created = parseCanonical(data.in_flight_tx)?.outputs
  return [
    ...inputs.map((index) => ({ side: 'input' as const, index, output: spentOutput(data, index) })),
    ...outputs.map((index) => ({ side: 'output' as const, index, output: created?.[index] })),
  ]
}

function spentOutput(data: InFlightExitOrder['data'], index: number): Output | undefined {
  const txbytes = data.input_txs[index]
  const utxoPos = data.input_utxos_pos[index]
  if (!txbytes || utxoPos === undefined) return undefined
  return createdOutput({ txbytes, utxo_pos: utxoPos })
}

/** Anybody may start it; whom it serves pays for it. */
function starterOf(order: InFlightExitOrder, own: ReadonlySet<Address>): Address | undefined {
  return piecesOf(order).find(({ output }) => output && own.has(output.owner))?.output?.owner
}

async function settledExit(order: InFlightExitOrder, world: World): Promise<Outcome | undefined> {
  if (isHeld(await world.inFlightExit(order.exitId)))
    return { outcome: 'done_by_other', reason: 'The exit is started already.' }
  for (const id of outputIds(order)) if (!(await world.isOutputFinalized(id))) return undefined
  return { outcome: 'not_needed', reason: 'Exits have paid all of it already.' }
}

function outputIds({ data, inputs, outputs }: InFlightExitOrder): Hash[] {
  const ofInputs = inputs.flatMap((index) => {
    const txbytes = data.input_txs[index]
    const utxoPos = data.input_utxos_pos[index]
    if (!txbytes || utxoPos === undefined) return []
    return [outputId(txbytes, decodeUtxoPos(utxoPos).outputIndex, utxoPos)]
  })
  return [...ofInputs, ...outputs.map((index) => outputId(data.in_flight_tx, index, NO_DEPOSIT))]
}

/** The id of a child block's output does not hold its position, so any position of a child block will do. */
const NO_DEPOSIT = 0n as UtxoPos
