import { normalise } from '../plasma/signature.ts'
import type { Output } from '../plasma/transaction.ts'
import type { Address, Timestamp, UtxoPos } from '../plasma/units.ts'
import type { Side } from './contract-event.ts'
import { lastOfPhaseOne } from './deadlines.ts'
import type { InFlightExitData } from './exit-data.ts'
import { inFlightExitId } from './exit-id.ts'
import {
  leaveBy,
  type Obstacle,
  type OpenPiggyback,
  type PlannedInFlightExit,
  type PlannedPiggyback,
  type Terms,
  type Unsaveable,
} from './exit-plan.ts'
import { isSignedBy, type HeldTransaction, type Holdings } from './holdings.ts'
import { ownPieces, type Piece } from './own-pieces.ts'
import { sum } from './spent-outputs.ts'

type InFlightExits = {
  exits: readonly PlannedInFlightExit[]
  piggybacks: readonly OpenPiggyback[]
  unsaveable: readonly Unsaveable[]
  /** Outputs that leave as inputs of one of these, or have joined one. */
  joined: ReadonlySet<UtxoPos>
}

type Draft = {
  exits: PlannedInFlightExit[]
  piggybacks: OpenPiggyback[]
  unsaveable: Unsaveable[]
  joined: Set<UtxoPos>
  /** Own inputs of exits that are or will be there: a second exit of one of them would cost both bonds. */
  taken: Set<UtxoPos>
}

/**
 * Plans the in-flight exits of the transactions that no valid block holds. Of two that spend the same own input only one
 * is exited: first the one whose exit is open, then the one that the invalid block holds, then the one known longest.
 */
export function planInFlightExits({ transactions }: Holdings, terms: Terms): InFlightExits {
  const draft: Draft = { exits: [], piggybacks: [], unsaveable: [], joined: new Set(), taken: new Set() }
  for (const held of transactions.toSorted((one, other) => rank(one) - rank(other))) {
    const pieces = ownPieces(held, transactions, terms.own)
    const because = held.exit ? undefined : obstacleOf(held, pieces, { draft, own: terms.own })
    if (because) {
      leaveBehind(draft, held, pieces.map((piece) => ({ ...piece, because: piece.because ?? because })))
      continue
    }
    for (const piece of pieces) if (piece.utxoPos !== undefined) draft.taken.add(piece.utxoPos)
    if (held.exit) join(draft, { ...held, exit: held.exit }, { pieces, terms })
    else start(draft, held, { pieces, terms })
  }
  return draft
}

function rank({ exit, rejectedAt }: HeldTransaction): number {
  if (exit) return 0
  return rejectedAt ? 1 : 2
}

/** Why the contract or good sense forbids to start the exit. */
function obstacleOf(
  held: HeldTransaction,
  pieces: readonly Piece[],
  { draft, own }: { draft: Draft; own: ReadonlySet<Address> },
): Obstacle | undefined {
  const { transaction, inputs, signatures } = held
  if (!isSignedBy(held, own) && !held.rejectedAt) return 'somebody_elses'
  if (inputs.some(({ proven }) => !proven)) return 'input_not_provable'
  if (inputs.some(({ proven }) => proven && !signatures.has(proven.output.owner))) return 'signature_missing'
  const spent = inputs.flatMap(({ proven }) => proven?.output ?? [])
  if (transaction.outputs.some(({ currency }) => sum(transaction.outputs, currency) > sum(spent, currency)))
    return 'creates_money'
  if (pieces.some(({ utxoPos }) => utxoPos !== undefined && draft.taken.has(utxoPos))) return 'competes'
  return pieces.every(({ because }) => because) ? 'nothing_to_join' : undefined
}

type Planning = { pieces: readonly Piece[]; terms: Terms }

function start(draft: Draft, held: HeldTransaction, { pieces, terms }: Planning): void {
  const joining = pieces.filter(({ because }) => !because)
  const deadline = leaveBy(terms)
  const piggybacks = joining.map((piece) => planned(piece, earlier(lastOfPhaseOne(terms.now, terms.minExitPeriod), deadline)))
  draft.exits.push({
    exitId: inFlightExitId(held.transaction.raw),
    txHash: held.transaction.txHash,
    data: exitDataOf(held),
    piggybacks,
    addExitQueues: [...new Set(joining.map(({ output }) => output.currency))].filter((token) => !terms.queues.has(token)),
    ...(deadline === undefined ? {} : { deadline }),
  })
  for (const { utxoPos } of joining) if (utxoPos !== undefined) draft.joined.add(utxoPos)
  leaveBehind(draft, held, pieces)
}

/** What of an exit that is open has not joined it yet, while phase 1 lasts. */
function join(
  draft: Draft,
  { transaction, exit }: HeldTransaction & { exit: NonNullable<HeldTransaction['exit']> },
  { pieces, terms }: Planning,
): void {
  const { txHash, raw } = transaction
  const last = lastOfPhaseOne(exit.started.timestamp, terms.minExitPeriod)
  for (const piece of pieces) {
    const { side, index, output, utxoPos } = piece
    if (exit.joined[side][index] || (!piece.because && terms.now <= last)) {
      if (utxoPos !== undefined) draft.joined.add(utxoPos)
    }
    if (exit.joined[side][index]) continue
    const because = piece.because ?? (terms.now > last ? 'phase_one_over' : undefined)
    if (because) leaveBehind(draft, { transaction }, [{ ...piece, because }])
    else {
      draft.piggybacks.push({
        ...planned(piece, earlier(last, leaveBy(terms))),
        ...{ exitId: inFlightExitId(raw), txHash, inFlightTx: raw, started: exit.started },
        addExitQueue: !terms.queues.has(output.currency),
      })
    }
  }
}

function planned({ side, index, output }: Piece, deadline: Timestamp): PlannedPiggyback {
  return { side, index, output, deadline }
}

type Left = { side: Side; index: number; output: Output; because?: Obstacle }

/** Money in a coin that was spent by another is not ours any more: nothing of it is left behind. */
function leaveBehind(
  draft: Draft,
  { transaction }: Pick<HeldTransaction, 'transaction'>,
  pieces: readonly (Left & Pick<Piece, 'utxoPos'>)[],
): void {
  for (const { side, index, output, because, utxoPos } of pieces) {
    if (!because) continue
    draft.unsaveable.push({ txHash: transaction.txHash, side, index, output, because })
    if (utxoPos !== undefined) draft.joined.add(utxoPos)
  }
}

/** Every input is proven and signed by its owner, as {@link obstacleOf} has found. */
function exitDataOf({ transaction, inputs, signatures }: HeldTransaction): InFlightExitData {
  const proven = inputs.flatMap((input) => input.proven ?? [])
  return {
    in_flight_tx: transaction.raw,
    input_txs: proven.map(({ data }) => data.txbytes),
    input_utxos_pos: transaction.inputs,
    input_txs_inclusion_proofs: proven.map(({ data }) => data.proof),
    in_flight_tx_sigs: proven.map(({ output }) => normalise(signatures.get(output.owner) ?? new Uint8Array(65))),
  }
}

function earlier(one: Timestamp, other: Timestamp | undefined): Timestamp {
  return other !== undefined && other < one ? other : one
}
