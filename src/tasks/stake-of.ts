import type { ConditionType } from '../exit-game/condition.ts'
import { contractPiece, isMarked } from '../exit-game/contract-piece.ts'
import type { Side } from '../exit-game/contract-event.ts'
import { isInFlightExitId } from '../exit-game/exit-id.ts'
import { ownStake, responseStake, vaultStake, type Money, type Stake } from '../exit-game/stake.ts'
import type { Address } from '../plasma/units.ts'
import type { PieceState, World } from './task.ts'

/** What a matter is about; `token`: of a standard exit, or of the queue that pays. */
type Subject = { exitId: bigint; side?: Side; index?: number; token?: Address }

type Contract = Pick<World, 'standardExit' | 'inFlightExit' | 'bonds' | 'own'>

/** What hangs on the answer of an event, by the contract's state. Of a reason to leave: whatever own accounts have. */
export async function stakeOf(event: ConditionType, subject: Subject, world: Contract): Promise<Stake> {
  switch (event) {
    case 'invalid_exit':
      return vaultStake(await standardExitMoney(subject, world))
    case 'noncanonical_ife':
      return vaultStake((await world.inFlightExit(subject.exitId)).outputs)
    case 'invalid_ife_challenge':
      return responseStake((await world.inFlightExit(subject.exitId)).outputs, world.own)
    case 'invalid_piggyback':
      return vaultStake(await pieceMoney(subject, world))
    case 'piggyback_available':
      return ownStake(await pieceMoney(subject, world))
    case 'exit_processable':
      return ownStake(await payments(subject, world))
    case 'bond_recoverable':
      return { stake: (await world.bonds()).inFlightExit, own: true }
    default:
      return { own: true }
  }
}

async function standardExitMoney({ exitId, token }: Subject, world: Contract): Promise<Money[]> {
  return token === undefined ? [] : [{ token, amount: (await world.standardExit(exitId)).amount }]
}

async function pieceMoney({ exitId, side, index }: Subject, world: Contract): Promise<Money[]> {
  if (side === undefined || index === undefined) return []
  const piece = contractPiece(await world.inFlightExit(exitId), { side, index })
  return piece ? [piece] : []
}

/** What processing a token would pay to accounts of ours. */
async function payments(subject: Subject, world: Contract): Promise<Money[]> {
  if (!isInFlightExitId(subject.exitId)) return standardExitMoney(subject, world)
  const { isCanonical, exitMap, inputs, outputs } = await world.inFlightExit(subject.exitId)
  const side: Side = isCanonical ? 'output' : 'input'
  const isPaid = ({ token, exitTarget }: PieceState, index: number) =>
    token === subject.token && world.own.has(exitTarget) && isMarked(exitMap, { side, index })
  return (isCanonical ? outputs : inputs).filter(isPaid)
}
