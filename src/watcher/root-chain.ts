import type { At, ExitGameEvent, LedgerEvent } from '../exit-game/contract-event.ts'
import type { Address, Hash, Timestamp, Wei } from '../plasma/units.ts'

/** A root chain block, as far as the watcher needs it. */
export type Head = { number: bigint; hash: Hash; timestamp: Timestamp }

/** What could not be read, or completed, of a log: reported, never allowed to block the others. */
export type UnreadableEvent = { blockNumber: bigint; txHash: Hash; what: string }

/** What the contracts say beside exits and blocks: for alarms and figures. Names as in the ABI. */
export type Notice = At &
  (
    | { type: 'VaultRegistered'; vaultId: bigint; vault: Address }
    | { type: 'ExitGameRegistered'; txType: bigint; exitGame: Address; protocol: number }
    | { type: 'ChildChainActivated'; authority: Address }
    | { type: 'ExitQueueAdded'; vaultId: bigint; token: Address }
    | { type: 'ExitQueued'; exitId: bigint; exitableAt: Timestamp; priority: bigint }
    | { type: 'ProcessedExitsNum'; processed: bigint; vaultId: bigint; token: Address }
    /** In force two days later. */
    | { type: 'StandardExitBondUpdated' | 'IFEBondUpdated' | 'PiggybackBondUpdated'; bondSize: Wei }
    | { type: 'BondReturnFailed' | 'InFlightBondReturnFailed'; receiver: Address; amount: Wei }
    | { type: 'EthWithdrawn' | 'Erc20Withdrawn'; receiver: Address; token: Address; amount: Wei }
    /** An exit was processed, and its owner got nothing. */
    | { type: 'WithdrawFailed'; vault: Address; receiver: Address; amount: Wei }
    | { type: 'SetDepositVerifierCalled'; vault: Address; verifier: Address }
  )

/** Everything that the contracts said, each list in the order of the chain. */
export type ContractLogs = {
  events: readonly (ExitGameEvent | LedgerEvent)[]
  notices: readonly Notice[]
  unreadable: readonly UnreadableEvent[]
}

/** A child block as the framework holds it. `timestamp` is when its root was submitted. */
export type SubmittedBlock = { root: Hash; timestamp: Timestamp }

/** What the watcher asks of the root chain. Every call rejects with a retryable GuardError when the node fails. */
export type RootChain = {
  head: () => Promise<Head>
  /** The block at a height, undefined when the node has none. */
  block: (number: bigint) => Promise<Head | undefined>
  /** Every event of the blocks `from` to `to`, both included, in the order of the chain. */
  events: (from: bigint, to: bigint) => Promise<ContractLogs>
  /** `blocks(blknum)` of the framework, undefined when there is none. */
  submittedBlock: (blknum: bigint) => Promise<SubmittedBlock | undefined>
  /** `nextChildBlock()` of the framework. */
  nextChildBlock: () => Promise<bigint>
}
