import { piggybackOnInputCall, piggybackOnOutputCall } from '../exit-game/calls.ts'
import type { Side } from '../exit-game/contract-event.ts'
import { contractPiece, isMarked } from '../exit-game/contract-piece.ts'
import { ownStake } from '../exit-game/stake.ts'
import type { Outcome } from '../lib/outcome.ts'
import { addExitQueue } from './add-exit-queue.ts'
import { giveAnswer } from './answer.ts'
import { GONE, isHeld, isPhaseOneOver } from './in-flight-exit.ts'
import type { Fields, InFlightExitState, World } from './task.ts'
import { phaseOneOf } from './urgency.ts'
import { whyHeldBack } from './why-held-back.ts'

/**
 * An input or output of ours in an in-flight exit. `inFlightTx`: raw, and known to be that of the exit. `cleared`: a plan
 * has looked for spends of it, before the exit was there that witnesses are asked about.
 */
export type OwnPiece = {
  exitId: bigint
  inFlightTx: Uint8Array
  side: Side
  index: number
  occurrence: string
  cleared?: true
}

/**
 * Joins an in-flight exit with a piece of our own: from its owner's account, with the bond of now, behind an exit queue
 * that is added where the token has none.
 */
export async function piggyback(piece: OwnPiece, world: World): Promise<Fields> {
  const { exitId, inFlightTx, side, index, occurrence } = piece
  const settled = () => settledPiece(piece, world)
  const exit = await world.inFlightExit(exitId)
  const state = contractPiece(exit, piece)
  const deadline = phaseOneOf(exit, world)
  const stake = ownStake(state ? [state] : [])
  if (state && (await settled()) === undefined) {
    await addExitQueue(state.token, { ...stake, ...(deadline === undefined ? {} : { deadline }) }, world)
  }
  const call =
    side === 'input'
      ? piggybackOnInputCall({ inFlightTx, inputIndex: index })
      : piggybackOnOutputCall({ inFlightTx, outputIndex: index })
  const { piggyback: bond } = await world.bonds()
  return giveAnswer(
    {
      ...{ purpose: call.functionName, events: ['piggyback_available'] },
      ...{ exitId, side, index, occurrence, settled },
      deadline: () => Promise.resolve(deadline),
      stake: () => Promise.resolve(stake),
      call: world.encode(call, bond),
      ...(state && { from: state.exitTarget }),
    },
    world,
  )
}

async function settledPiece(piece: OwnPiece, world: World): Promise<Outcome | undefined> {
  const exit = await world.inFlightExit(piece.exitId)
  if (!isHeld(exit)) return GONE
  const done = await closed(exit, piece, world)
  return done ?? (piece.cleared ? undefined : await heldBack(exit, piece, world))
}

/** What the contract says against it. */
async function closed(exit: InFlightExitState, piece: OwnPiece, world: World): Promise<Outcome | undefined> {
  const { side, index } = piece
  const state = contractPiece(exit, piece)
  if (!state) return { outcome: 'not_needed', reason: `the exit has no ${side} ${index}` }
  if (!world.own.has(state.exitTarget)) {
    return { outcome: 'not_needed', reason: `the ${side} belongs to ${state.exitTarget}, who alone can piggyback it` }
  }
  if (isMarked(exit.exitMap, piece)) return { outcome: 'done_by_other', reason: `the ${side} is piggybacked` }
  if (await world.isOutputFinalized(state.outputId)) {
    return { outcome: 'not_needed', reason: `an exit has paid the ${side} already` }
  }
  if (await isPhaseOneOver(exit, world)) return { outcome: 'too_late', reason: 'the first phase of the exit is over' }
  return undefined
}

/** What would be challenged brings nothing home and costs its bond. */
async function heldBack(exit: InFlightExitState, piece: OwnPiece, world: World): Promise<Outcome | undefined> {
  const why = await whyHeldBack(exit, piece, world)
  return why === undefined ? undefined : { outcome: 'not_needed', reason: `held back: ${why}` }
}
