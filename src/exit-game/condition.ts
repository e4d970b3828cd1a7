import type { Hex } from '../lib/bytes.ts'
import type { Address, Hash, Timestamp, UtxoPos, Wei } from '../plasma/units.ts'
import type { Place } from '../plasma/ledger.ts'
import type { Occurrence, Side } from './contract-event.ts'

/** The transaction that makes a condition true. `place`: of the block that holds it, if any. */
export type Cause = { txHash: Hash; place?: Place }

/** Every condition stands on one root chain log, and says until which chain second an answer is safe, where one is. */
type Standing = {
  occurrence: Occurrence
  /** Root chain height of that log. */
  ethHeight: bigint
  /** Chain second at which the matter began, as far as the source knows. For people: events do not carry it. */
  since?: Timestamp
  /**
   * The spend of an exiting output or piece, the competitor of a transaction that is not canonical, or that transaction
   * itself when it is. For people, as {@link since}.
   */
  cause?: Cause
  /** Last safe second of the answer; absent where the contract sets none. */
  deadline?: Timestamp
  /** The contract is done with what it speaks of: it is still true, but no call can answer it any more. */
  settled?: true
}

type OfStandardExit = {
  exitId: bigint
  utxoPos: UtxoPos
  owner: Address
  currency: Address
  amount: Wei
  rootChainTxHash: Hash
  /** Chain second after which `processExits` may pay it. */
  scheduledFinalizationTime: Timestamp
  /** Absent when the output vanished without a known spend, which nobody can challenge. */
  spendingTxHash?: Hash
}

/** `txBytes`: the raw in-flight transaction. */
type OfInFlightExit = { exitId: bigint; txHash: Hash; txBytes: Hex }

type OfPiece = OfInFlightExit & { side: Side; index: number }

/**
 * Something that is true at a head and that somebody should answer. Recomputed at every head, never stored as truth.
 * The names are those of the Watcher's byzantine events, one condition per thing to be answered. `payees`: who gets money
 * back by the answer, so nobody else need pay for it.
 */
export type Condition = Standing &
  (
    | ({ type: 'invalid_exit' | 'unchallenged_exit' } & OfStandardExit)
    | ({ type: 'noncanonical_ife' | 'unchallenged_noncanonical_ife' | 'invalid_ife_challenge' } & OfInFlightExit)
    | ({ type: 'invalid_piggyback' | 'unchallenged_piggyback' } & OfPiece)
    | ({ type: 'piggyback_available'; owner: Address } & OfPiece)
    | {
        type: 'invalid_block'
        blknum: bigint
        hash: Hash
        errorType: string
        /** Why a transaction could not be executed; for people, as `since`. */
        reason?: string
        txIndex?: number
      }
    | { type: 'block_withholding'; blknum: bigint; hash: Hash }
    | { type: 'exit_processable'; exitId: bigint; vaultId: bigint; token: Address; payees: readonly Address[] }
    | { type: 'bond_recoverable'; exitId: bigint; txHash: Hash; payees: readonly Address[] }
  )

export type ConditionType = Condition['type']

/** The condition of one type, with what it says. */
export type ConditionOf<Type extends ConditionType> = Narrowed<Condition, Type>

type Narrowed<C extends Condition, Type> = C extends unknown
  ? Type extends C['type']
    ? C & { type: Type }
    : never
  : never
