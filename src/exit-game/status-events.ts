import type { Hex } from '../lib/bytes.ts'
import type { Address, Hash, Timestamp, UtxoPos, Wei } from '../plasma/units.ts'
import type { Condition, ConditionOf, ConditionType } from './condition.ts'
import type { ExitGame } from './exit-game.ts'
import { explain, explainPieces, type Explanation } from './explanation.ts'
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

/** `details` of a byzantine event in the answer of `/status.get`: names and fields as on elixir-omg's wire, and why. */
export type StatusEvent = Explanation &
  (({ name: 'invalid_exit' | 'unchallenged_exit' } & ExitDetails) | IfeEvent | PiggybackEvent | AvailableEvent)

type Judged = { conditions: readonly Condition[]; game: ExitGame; time: JudgeTime }

/**
 * Conditions as elixir-omg reports them: one event per in-flight exit with lists of its pieces, and lateness by its
 * measure, which counts from the start of the exit even for a piggyback that came later.
 */
export function statusEvents({ conditions, game, time }: Judged): StatusEvent[] {
  const exits = ofType(conditions, 'invalid_exit')
  const nonCanonical = ofType(conditions, 'noncanonical_ife')
  const piggybacks = byExit(ofType(conditions, 'invalid_piggyback'))
  return [
    ...overdue(nonCanonical, time).map((exit) => ifeEvent('unchallenged_non_canonical_ife', exit)),
    ...overdue(exits, time).map((exit) => exitEvent('unchallenged_exit', exit)),
    ...overduePiggybacks(piggybacks, { conditions, game, time }),
    ...exits.map((exit) => exitEvent('invalid_exit', exit)),
    ...piggybacks.map((pieces) => piggybackEvent('invalid_piggyback', pieces)),
    ...nonCanonical.map((exit) => ifeEvent('non_canonical_ife', exit)),
    ...ofType(conditions, 'invalid_ife_challenge').map((exit) => ifeEvent('invalid_ife_challenge', exit)),
    ...byExit(ofType(conditions, 'piggyback_available')).map(availableEvent),
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
    ...explain(exit),
  }
}

type OfExit = ConditionOf<'noncanonical_ife' | 'invalid_ife_challenge'>

function ifeEvent(name: IfeEvent['name'], exit: OfExit): StatusEvent {
  return { name, txbytes: exit.txBytes, ...explain(exit) }
}

type OfPiece = ConditionOf<'invalid_piggyback'>
/** Conditions of one exit: there is at least one. */
type Pieces<C> = { txHash: Hash; txBytes: Hex; first: C; pieces: readonly C[] }

function piggybackEvent(name: PiggybackEvent['name'], { txBytes, pieces }: Pieces<OfPiece>): StatusEvent {
  return {
    name,
    txbytes: txBytes,
    inputs: indexes(pieces, 'input'),
    outputs: indexes(pieces, 'output'),
    ...explainPieces(pieces),
  }
}

/** A piece may be there twice: paid in an earlier life of its exit, and piggybacked again. */
function indexes(pieces: readonly OfPiece[], wanted: 'input' | 'output'): number[] {
  return [...new Set(pieces.flatMap(({ side, index }) => (side === wanted ? [index] : [])))].sort(
    (one, other) => one - other,
  )
}

function overduePiggybacks(invalid: readonly Pieces<OfPiece>[], { conditions, game, time }: Judged): StatusEvent[] {
  const late = new Set(ofType(conditions, 'unchallenged_piggyback').map(({ txHash }) => txHash))
  return invalid.flatMap((pieces) => {
    const started = game.inFlightExits.get(pieces.txHash)?.started
    const isLate = late.has(pieces.txHash) || (started !== undefined && isOverdue(started.blockNumber, time))
    return isLate ? [piggybackEvent('unchallenged_piggyback', pieces)] : []
  })
}

function availableEvent({ txBytes, first, pieces }: Pieces<ConditionOf<'piggyback_available'>>): StatusEvent {
  return {
    name: 'piggyback_available',
    txbytes: txBytes,
    available_inputs: owned(pieces, 'input'),
    available_outputs: owned(pieces, 'output'),
    ...explain(first),
  }
}

function owned(pieces: readonly ConditionOf<'piggyback_available'>[], wanted: 'input' | 'output'): OwnedPiece[] {
  return pieces.flatMap(({ side, index, owner }) => (side === wanted ? [{ index, address: owner }] : []))
}

function byExit<C extends { txHash: Hash; txBytes: Hex }>(conditions: readonly C[]): Pieces<C>[] {
  const exits = new Map<Hash, Pieces<C> & { pieces: C[] }>()
  for (const condition of conditions) {
    const { txHash, txBytes } = condition
    const exit = exits.get(txHash) ?? { txHash, txBytes, first: condition, pieces: [] }
    exit.pieces.push(condition)
    exits.set(txHash, exit)
  }
  return [...exits.values()]
}
