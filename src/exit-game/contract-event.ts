import type { Address, Hash, Timestamp, UtxoPos, Wei } from '../plasma/units.ts'

/**
 * Which log it is: the transaction and the log's rank among the logs of the same contract in that transaction.
 * Survives a reorganisation that mines the transaction again, unlike a block's log index.
 */
export type Occurrence = { txHash: Hash; rank: number }

/** Which half of an in-flight transaction a piggyback, a block or a withdrawal speaks of. */
export type Side = 'input' | 'output'

/** Where on the root chain an event stands. `timestamp` is that block's. */
export type At = { blockNumber: bigint; blockHash: Hash; timestamp: Timestamp; occurrence: Occurrence }

/** What the exit game said, completed with what its logs leave out (calldata, contract state). Names as in the ABI. */
export type ExitGameEvent = At &
  (
    | {
        type: 'ExitStarted'
        exitId: bigint
        owner: Address
        utxoPos: UtxoPos
        /** The raw transaction that created the output. */
        outputTx: Uint8Array
        /** `standardExits(id).exitable` when the event is read: false when the contract is already done with it. */
        exitable: boolean
      }
    | { type: 'ExitChallenged'; utxoPos: UtxoPos }
    | { type: 'ExitFinalized'; exitId: bigint }
    | { type: 'ExitOmitted'; exitId: bigint }
    | {
        type: 'InFlightExitStarted'
        exitId: bigint
        txHash: Hash
        initiator: Address
        /** Raw, unsigned. */
        inFlightTx: Uint8Array
        /** One a signed input, in input order. */
        signatures: readonly Uint8Array[]
        /** The raw transactions that created the inputs, in input order. */
        inputTxs: readonly Uint8Array[]
        inputUtxosPos: readonly UtxoPos[]
        /** `exitStartTimestamp` in the contract when the event is read; 0 when the contract is already done with it. */
        contractTimestamp: Timestamp
      }
    | { type: 'InFlightExitPiggybacked'; txHash: Hash; side: Side; index: number; exitTarget: Address }
    | { type: 'InFlightExitBlocked'; txHash: Hash; side: Side; index: number }
    | {
        type: 'InFlightExitChallenged'
        txHash: Hash
        challenger: Address
        /** 2^256 - 1 when the competitor is in no block. */
        competitorPosition: bigint
        /** Raw, unsigned. */
        competingTx: Uint8Array
        competingTxInputIndex: number
        competingTxSignature: Uint8Array
      }
    | { type: 'InFlightExitChallengeResponded'; txHash: Hash; challenger: Address; challengePosition: bigint }
    | { type: 'InFlightExitWithdrawn'; exitId: bigint; side: Side; index: number }
    | { type: 'InFlightExitOmitted'; exitId: bigint; token: Address }
    | { type: 'InFlightExitDeleted'; exitId: bigint }
  )

/** What the framework and its vaults said about blocks. */
export type LedgerEvent = At &
  (
    | {
        type: 'DepositCreated'
        blknum: bigint
        depositor: Address
        token: Address
        amount: Wei
        /** The raw deposit, where it is not the plain one, which these fields make; absent too when nobody could tell. */
        transaction?: Uint8Array
      }
    | { type: 'BlockSubmitted'; blknum: bigint }
  )
