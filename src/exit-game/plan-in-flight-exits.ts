import { normalise } from '../plasma/signature.ts'
import type { Address, Timestamp, UtxoPos } from '../plasma/units.ts'
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
import { isSignedBy, type HeldTransaction, type Holdings, type OpenExit } from './holdings.ts'
import { ownPieces, type Piece } from './own-pieces.ts'
import { sum } from './spent-outputs.ts'

type InFlightExits = {
  exits: readonly PlannedInFlightExit[]
  piggybacks: readonly OpenPiggyback[]
  unsaveable: readonly Unsaveable[]
  /** Outputs that leave as inputs of these exits, or cannot: nobody else need see to them. */
  settled: ReadonlySet<UtxoPos>
}

type Draft = {
  exits: PlannedInFlightExit[]
  piggybacks: OpenPiggyback[]
  left: Unsaveable[]
  /** Outputs that leave as inputs. */
  joined: Set<UtxoPos>
  /** Own inputs of exits that are or will be there: a second exit of one of them would cost both bonds. */
  taken: Set<UtxoPos>
}

/**
 * Plans the in-flight exits of the transactions that no valid block holds. Of two that spend the same own input only one
 * is exited: first the one whose exit is open, then the one that the invalid block holds, then the one known longest.
 */
export function planInFlightExits(holdings: Holdings, terms: Terms): InFlightExits {
  const draft: Draft = { exits: [], piggybacks: [], left: [], joined: new Set(), taken: new Set() }
  for (const held of holdings.transactions.toSorted((one, other) => rank(one) - rank(other))) {
    const pieces = ownPieces(held, holdings, terms.own)
    const { exit } = held
    const because = exit ? undefined : obstacleOf(held, pieces, { draft, own: terms.own })
    if (because) {
      leaveBehind(
        draft,
        held,
        pieces.map((piece) => ({ ...piece, because: piece.because ?? because })),
      )
      continue
    }
    for (const { utxoPos } of pieces) if (utxoPos !== undefined) draft.taken.add(utxoPos)
    if (exit) join(draft, { ...held, exit }, { pieces, terms })
    else start(draft, held, { pieces, terms })
  }
  const { exits, piggybacks, joined } = draft
  const unsaveable = once(draft.left, joined)
  const behind = unsaveable.flatMap((each) => ('utxoPos' in each ? [each.utxoPos] : []))
  return { exits, piggybacks, unsaveable, settled: new Set([...joined, ...behind]) }
}

/** Several transactions may name one output: it is left behind once, and only if none of them brings it home. */
function once(left: readonly Unsaveable[], joined: ReadonlySet<UtxoPos>): Unsaveable[] {
  const seen = new Set<UtxoPos>()
  return left.filter((each) => {
    if (!('utxoPos' in each)) return true
    if (seen.has(each.utxoPos) || joined.has(each.utxoPos)) return false
    seen.add(each.utxoPos)
    return true
  })
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
  const piggybacks = joining.map((piece) =>
    planned(piece, earlier(lastOfPhaseOne(terms.now, terms.minExitPeriod), deadline)),
  )
  draft.exits.push({
    exitId: inFlightExitId(held.transaction.raw),
    txHash: held.transaction.txHash,
    data: exitDataOf(held),
    piggybacks,
    addExitQueues: [...new Set(joining.map(({ output }) => output.currency))].filter(
      (token) => !terms.queues.has(token),
    ),
    ...(deadline === undefined ? {} : { deadline }),
  })
  for (const { utxoPos } of joining) if (utxoPos !== undefined) draft.joined.add(utxoPos)
  leaveBehind(draft, held, pieces)
}

/** What of an exit that is open has not joined it yet, while phase 1 lasts. */
function join(
  draft: Draft,
  { transaction, exit }: HeldTransaction & { exit: OpenExit },
  { pieces, terms }: Planning,
): void {
  const { txHash, raw } = transaction
  const last = lastOfPhaseOne(exit.started.timestamp, terms.minExitPeriod)
  const about = { exitId: inFlightExitId(raw), txHash, inFlightTx: raw, started: exit.started }
  for (const piece of pieces) {
    const { side, index, output, utxoPos } = piece
    const state = exit.pieces[side][index]
    const because = state === 'challenged' ? 'exit_was_challenged' : (piece.because ?? late(last, terms))
    if (because && state !== 'joined') {
      leaveBehind(draft, { transaction }, [{ ...piece, because }])
      continue
    }
    if (utxoPos !== undefined) draft.joined.add(utxoPos)
    if (state === 'joined') continue
    const addExitQueue = !terms.queues.has(output.currency)
    draft.piggybacks.push({ ...planned(piece, earlier(last, leaveBy(terms))), ...about, addExitQueue })
  }
}

function late(last: Timestamp, { now }: Terms): Obstacle | undefined {
  return now > last ? 'phase_one_over' : undefined
}

function planned({ side, index, output }: Piece, deadline: Timestamp): PlannedPiggyback {
  return { side, index, output, deadline }
}

function leaveBehind(
  { left }: Draft,
  { transaction: { txHash } }: Pick<HeldTransaction, 'transaction'>,
  pieces: readonly Piece[],
): void {
  for (const { index, output, because, utxoPos } of pieces) {
    if (because) left.push({ output, because, ...(utxoPos === undefined ? { txHash, index } : { utxoPos }) })
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
