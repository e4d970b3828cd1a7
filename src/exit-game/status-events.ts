import type { Hex } from '../lib/bytes.ts'
import type { Address, Hash, Timestamp, UtxoPos, Wei } from '../plasma/units.ts'
import type { Condition, ConditionOf, ConditionType } from './condition.ts'
import type { ExitGame } from './exit-game.ts'
import { isOverdue, type JudgeTime } from './judge-time.ts'

/** `details` of an invalid standard exit in the answer of `/status.get`. */
type ExitDetails = {
  amount: Wei
  currency: Address
  eth_height: bigint
  owner: Address
  root_chain_txhash: Hash
  scheduled_finalization_time: Timestamp
  spending_txhash: Hash | null
  utxo_pos: UtxoPos
}

type OwnedPiece = { index: number; address: Address }

type IfeEvent = { name: 'non_canonical_ife' | 'unchallenged_non_canonical_ife' | 'invalid_ife_challenge'; txbytes: Hex }

type PiggybackEvent = {
  name: 'invalid_piggyback' | 'unchallenged_piggyback'
  txbytes: Hex
  inputs: number[]
  outputs: number[]
}

type AvailableEvent = {
  name: 'piggyback_available'
  txbytes: Hex
  available_inputs: OwnedPiece[]
  available_outputs: OwnedPiece[]
}

/** `details` of a byzantine event in the answer of `/status.get`: names and fields as on elixir-omg's wire. */
export type StatusEvent =
  ({ name: 'invalid_exit' | 'unchallenged_exit' } & ExitDetails) | IfeEvent | PiggybackEvent | AvailableEvent

type Judged = { conditions: readonly Condition[]; game: ExitGame; time: JudgeTime }

/**
 * Conditions as elixir-omg reports them: one event per in-flight exit with lists of its pieces, and lateness by its
 * measure, which counts from the start of the exit even for a piggyback that came later.
 */
export function statusEvents({ conditions, game, time }: Judged): StatusEvent[] {
  const exits = ofType(conditions, 'invalid_exit')
  const nonCanonical = ofType(conditions, 'noncanonical_ife')
  const piggybacks = invalidPiggybacks(ofType(conditions, 'invalid_piggyback'))
  return [
    ...overdue(nonCanonical, time).map(({ txBytes }) => ifeEvent('unchallenged_non_canonical_ife', txBytes)),
    ...overdue(exits, time).map((exit) => exitEvent('unchallenged_exit', exit)),
    ...overduePiggybacks(piggybacks, game, time),
    ...exits.map((exit) => exitEvent('invalid_exit', exit)),
    ...piggybacks.map(({ event }) => event),
    ...nonCanonical.map(({ txBytes }) => ifeEvent('non_canonical_ife', txBytes)),
    ...ofType(conditions, 'invalid_ife_challenge').map(({ txBytes }) => ifeEvent('invalid_ife_challenge', txBytes)),
    ...availablePiggybacks(ofType(conditions, 'piggyback_available')),
  ]
}

function ofType<Type extends ConditionType>(conditions: readonly Condition[], type: Type): ConditionOf<Type>[] {
  return conditions.filter((condition): condition is ConditionOf<Type> => condition.type === type)
}

function overdue<C extends Condition>(conditions: readonly C[], time: JudgeTime): C[] {
  return conditions.filter(({ ethHeight }) => isOverdue(ethHeight, time))
}

function exitEvent(name: 'invalid_exit' | 'unchallenged_exit', exit: ConditionOf<'invalid_exit'>): StatusEvent {
  return {
    name,
    amount: exit.amount,
    currency: exit.currency,
    eth_height: exit.ethHeight,
    owner: exit.owner,
    root_chain_txhash: exit.rootChainTxHash,
    scheduled_finalization_time: exit.scheduledFinalizationTime,
    spending_txhash: exit.spendingTxHash ?? null,
    utxo_pos: exit.utxoPos,
  }
}

function ifeEvent(name: IfeEvent['name'], txbytes: Hex): StatusEvent {
  return { name, txbytes }
}

type OfExit<Event> = { txHash: Hash; event: Event }

function invalidPiggybacks(conditions: readonly ConditionOf<'invalid_piggyback'>[]): OfExit<PiggybackEvent>[] {
  return [...byExit(conditions)].map(([txHash, { txBytes, pieces }]) => ({
    txHash,
    event: {
      name: 'invalid_piggyback',
      txbytes: txBytes,
      inputs: pieces.flatMap(({ side, index }) => (side === 'input' ? [index] : [])),
      outputs: pieces.flatMap(({ side, index }) => (side === 'output' ? [index] : [])),
    },
  }))
}

function overduePiggybacks(invalid: readonly OfExit<PiggybackEvent>[], game: ExitGame, time: JudgeTime): StatusEvent[] {
  return invalid.flatMap(({ txHash, event }) => {
    const started = game.inFlightExits.get(txHash)?.started
    return started && isOverdue(started.blockNumber, time) ? [{ ...event, name: 'unchallenged_piggyback' }] : []
  })
}

function availablePiggybacks(conditions: readonly ConditionOf<'piggyback_available'>[]): StatusEvent[] {
  return [...byExit(conditions).values()].map(({ txBytes, pieces }) => ({
    name: 'piggyback_available',
    txbytes: txBytes,
    available_inputs: owned(pieces, 'input'),
    available_outputs: owned(pieces, 'output'),
  }))
}

function owned(pieces: readonly ConditionOf<'piggyback_available'>[], wanted: 'input' | 'output'): OwnedPiece[] {
  return pieces.flatMap(({ side, index, owner }) => (side === wanted ? [{ index, address: owner }] : []))
}

function byExit<C extends { txHash: Hash; txBytes: Hex }>(
  conditions: readonly C[],
): Map<Hash, { txBytes: Hex; pieces: C[] }> {
  const exits = new Map<Hash, { txBytes: Hex; pieces: C[] }>()
  for (const condition of conditions) {
    const { txHash, txBytes } = condition
    const exit = exits.get(txHash) ?? { txBytes, pieces: [] }
    exit.pieces.push(condition)
    exits.set(txHash, exit)
  }
  return exits
}
