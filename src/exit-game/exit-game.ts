import type { Recovery } from '../plasma/recovered-transaction.ts'
import { decodeTransaction, type SignedTransaction } from '../plasma/transaction.ts'
import type { Hash, UtxoPos } from '../plasma/units.ts'
import type { At, ExitGameEvent } from './contract-event.ts'
import { draftOf, type DraftMap } from './draft-map.ts'
import { hasSeen, placeOf, type History } from './history.ts'
import {
  advanceInFlightExit,
  inFlightTransaction,
  openInFlightExit,
  type InFlightExit,
  type InFlightExitEvent,
} from './in-flight-exit.ts'
import { learnTransaction, recoverSigners, type KnownTransaction, type KnownTransactions } from './known-transaction.ts'
import { advanceStandardExit, openStandardExit, type StandardExit, type StandardExitEvent } from './standard-exit.ts'

/** An event that names no exit we know, or bytes that no contract can have accepted: somebody should look. */
type Unreadable = At & { type: ExitGameEvent['type']; subject: string }

/** Everything the exit game contract has said, folded. Plain facts: what is wrong with them is for `judge` to say. */
export type ExitGame = {
  standardExits: ReadonlyMap<bigint, StandardExit>
  standardExitOf: ReadonlyMap<UtxoPos, bigint>
  /** By transaction hash, which the contract's events name them by. */
  inFlightExits: ReadonlyMap<Hash, InFlightExit>
  inFlightExitOf: ReadonlyMap<bigint, Hash>
  known: KnownTransactions
  unreadable: readonly Unreadable[]
  /** How signatures are checked. */
  recovery: Recovery
}

type Draft = {
  standardExits: DraftMap<bigint, StandardExit>
  standardExitOf: DraftMap<UtxoPos, bigint>
  inFlightExits: DraftMap<Hash, InFlightExit>
  inFlightExitOf: DraftMap<bigint, Hash>
  known: { byHash: DraftMap<Hash, KnownTransaction>; bySpent: DraftMap<UtxoPos, readonly Hash[]> }
  unreadable: Unreadable[]
  recovery: Recovery
}

/**
 * The game before anything was said. Every signature is recovered before it counts: a wrapper's calldata may hold a
 * decoy beside the call that the contract has really checked.
 */
export function emptyGame(recovery: Recovery): ExitGame {
  return {
    standardExits: new Map(),
    standardExitOf: new Map(),
    inFlightExits: new Map(),
    inFlightExitOf: new Map(),
    known: { byHash: new Map(), bySpent: new Map() },
    unreadable: [],
    recovery,
  }
}

/** Folds one event in. Total, and safe to replay: an event seen before changes nothing. */
export function advanceGame(game: ExitGame, event: ExitGameEvent): ExitGame {
  return foldGame(game, [event])
}

/** Folds events in, in the order of the chain. The same as one after the other, but copies what it changes only once. */
export function foldGame(game: ExitGame, events: Iterable<ExitGameEvent>): ExitGame {
  const draft: Draft = {
    standardExits: draftOf(game.standardExits),
    standardExitOf: draftOf(game.standardExitOf),
    inFlightExits: draftOf(game.inFlightExits),
    inFlightExitOf: draftOf(game.inFlightExitOf),
    known: { byHash: draftOf(game.known.byHash), bySpent: draftOf(game.known.bySpent) },
    unreadable: [...game.unreadable],
    recovery: game.recovery,
  }
  for (const event of events) fold(draft, event)
  return {
    standardExits: draft.standardExits.result(),
    standardExitOf: draft.standardExitOf.result(),
    inFlightExits: draft.inFlightExits.result(),
    inFlightExitOf: draft.inFlightExitOf.result(),
    known: { byHash: draft.known.byHash.result(), bySpent: draft.known.bySpent.result() },
    unreadable: draft.unreadable,
    recovery: draft.recovery,
  }
}

function fold(draft: Draft, event: ExitGameEvent): void {
  if (wasUnreadable(draft, event)) return
  if (isOfInFlightExit(event)) foldInFlight(draft, event)
  else foldStandard(draft, event)
}

/** The ABI names every event of in-flight exits after them. */
function isOfInFlightExit(event: ExitGameEvent): event is InFlightExitEvent {
  return event.type.startsWith('InFlightExit')
}

function foldStandard(draft: Draft, event: StandardExitEvent): void {
  const exitId = event.type === 'ExitChallenged' ? draft.standardExitOf.get(event.utxoPos) : event.exitId
  const held = exitId === undefined ? undefined : draft.standardExits.get(exitId)
  const exit = held ? advanceStandardExit(held, event) : opened(event)
  if (!wasTaken(exit, event)) {
    report(draft, event, event.type === 'ExitChallenged' ? event.utxoPos : event.exitId)
  } else if (exit !== held) {
    draft.standardExits.set(exit.exitId, exit)
    setOnce(draft.standardExitOf, exit.utxoPos, exit.exitId)
  }
}

/** Spares a copy of the map when it says so already. */
function setOnce<Key, Value>(map: DraftMap<Key, Value>, key: Key, value: Value): void {
  if (map.get(key) !== value) map.set(key, value)
}

/** Whether an event has become part of its exit, now or before. */
function wasTaken<Exit extends { history: History }>(exit: Exit | undefined, event: At): exit is Exit {
  return exit !== undefined && hasSeen(exit.history, event)
}

function opened(event: StandardExitEvent): StandardExit | undefined {
  return event.type === 'ExitStarted' ? openStandardExit(event) : undefined
}

function foldInFlight(draft: Draft, event: InFlightExitEvent): void {
  const held = heldInFlightExit(draft, event)
  const exit = held ? advanceInFlightExit(held, event) : openedInFlight(event)
  const isTaken = wasTaken(exit, event)
  if (!isTaken || exit !== held) learn(draft, event)
  if (!isTaken) {
    report(draft, event, 'txHash' in event ? event.txHash : event.exitId)
  } else if (exit !== held) {
    draft.inFlightExits.set(exit.txHash, exit)
    setOnce(draft.inFlightExitOf, exit.exitId, exit.txHash)
  }
}

function heldInFlightExit(draft: Draft, event: InFlightExitEvent): InFlightExit | undefined {
  const txHash = 'txHash' in event ? event.txHash : draft.inFlightExitOf.get(event.exitId)
  return txHash === undefined ? undefined : draft.inFlightExits.get(txHash)
}

function openedInFlight(event: InFlightExitEvent): InFlightExit | undefined {
  return event.type === 'InFlightExitStarted' ? openInFlightExit(event) : undefined
}

/** What signed transactions an event shows, also of an exit that nobody knows. */
function learn(draft: Draft, event: InFlightExitEvent): void {
  if (event.type === 'InFlightExitStarted') {
    const transaction = inFlightTransaction(event)
    if (transaction) remember(draft, { transaction, signatures: event.signatures })
  }
  if (event.type !== 'InFlightExitChallenged') return
  const decoded = decodeTransaction(event.competingTx)
  if (decoded.ok) remember(draft, { transaction: decoded.value, signatures: [event.competingTxSignature] })
}

function remember({ known, recovery }: Draft, shown: Pick<SignedTransaction, 'transaction' | 'signatures'>): void {
  learnTransaction(known, recoverSigners(shown, recovery))
}

/** A replay must not find an exit that was started later. A start itself may have become readable. */
function wasUnreadable({ unreadable }: Draft, event: ExitGameEvent): boolean {
  if (event.type === 'ExitStarted' || event.type === 'InFlightExitStarted') return false
  return unreadable.some((seen) => sameLog(seen, event))
}

function report(draft: Draft, event: ExitGameEvent, subject: bigint | string): void {
  if (draft.unreadable.some((seen) => sameLog(seen, event))) return
  draft.unreadable.push({ ...placeOf(event), type: event.type, subject: String(subject) })
}

function sameLog(left: At, right: At): boolean {
  return left.occurrence.txHash === right.occurrence.txHash && left.occurrence.rank === right.occurrence.rank
}
