import type { At } from '../exit-game/contract-event.ts'
import { type Address, ETH, type Timestamp, type Wei } from '../plasma/units.ts'
import type { Notice } from '../watcher/root-chain.ts'
import type { ExitGameLog, LedgerLog } from './read-log.ts'

/** Of a log of the exit game, undefined when it is an event of an exit. */
export function exitGameNotice(log: ExitGameLog, at: At): Notice | undefined {
  switch (log.eventName) {
    case 'StandardExitBondUpdated':
    case 'IFEBondUpdated':
    case 'PiggybackBondUpdated':
      return { ...at, type: log.eventName, bondSize: log.args.bondSize as Wei }
    case 'BondReturnFailed':
    case 'InFlightBondReturnFailed':
      return { ...at, type: log.eventName, receiver: lower(log.args.receiver), amount: log.args.amount as Wei }
    default:
      return undefined
  }
}

type OfLedger = Exclude<LedgerLog, { eventName: 'BlockSubmitted' | 'DepositCreated' }>
type OfVault = Extract<
  OfLedger,
  { eventName: 'EthWithdrawn' | 'Erc20Withdrawn' | 'WithdrawFailed' | 'SetDepositVerifierCalled' }
>

/** Of a log of the framework or of a vault. */
export function ledgerNotice(log: OfLedger, { contract, ...at }: At & { contract: Address }): Notice {
  switch (log.eventName) {
    case 'VaultRegistered':
      return { ...at, type: log.eventName, vaultId: log.args.vaultId, vault: lower(log.args.vaultAddress) }
    case 'ExitGameRegistered': {
      const { txType, exitGameAddress, protocol } = log.args
      return { ...at, type: log.eventName, txType, exitGame: lower(exitGameAddress), protocol }
    }
    case 'ChildChainActivated':
      return { ...at, type: log.eventName, authority: lower(log.args.authority) }
    case 'ExitQueueAdded':
      return { ...at, type: log.eventName, vaultId: log.args.vaultId, token: lower(log.args.token) }
    case 'ExitQueued': {
      const { exitId, priority } = log.args
      return { ...at, type: log.eventName, exitId, exitableAt: (priority >> 214n) as Timestamp, priority }
    }
    case 'ProcessedExitsNum': {
      const { processedNum: processed, vaultId, token } = log.args
      return { ...at, type: log.eventName, processed, vaultId, token: lower(token) }
    }
    default:
      return vaultNotice(log, { ...at, contract })
  }
}

function vaultNotice(log: OfVault, { contract: vault, ...at }: At & { contract: Address }): Notice {
  switch (log.eventName) {
    case 'EthWithdrawn':
      return { ...at, type: log.eventName, receiver: lower(log.args.receiver), token: ETH, amount: wei(log) }
    case 'Erc20Withdrawn': {
      const { receiver, token } = log.args
      return { ...at, type: log.eventName, receiver: lower(receiver), token: lower(token), amount: wei(log) }
    }
    case 'WithdrawFailed':
      return { ...at, type: log.eventName, vault, receiver: lower(log.args.receiver), amount: wei(log) }
    case 'SetDepositVerifierCalled':
      return { ...at, type: log.eventName, vault, verifier: lower(log.args.nextDepositVerifier) }
  }
}

function wei({ args }: { args: { amount: bigint } }): Wei {
  return args.amount as Wei
}

function lower(address: string): Address {
  return address.toLowerCase() as Address
}
