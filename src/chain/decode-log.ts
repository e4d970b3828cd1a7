import type { At, ExitGameEvent, LedgerEvent, Side } from '../exit-game/contract-event.ts'
import type { Address, Hash, UtxoPos, Wei } from '../plasma/units.ts'
import type { Notice } from '../watcher/root-chain.ts'
import { exitGameNotice, ledgerNotice } from './notice.ts'
import { type ExitGameLog, readExitGameLog, readLedgerLog } from './read-log.ts'
import type { LogEntry } from './shapes.ts'

/** What a log of v1 contracts says by itself, where the event needs the calldata as well (contracts.md 10). */
export type Incomplete = At &
  (
    | { type: 'ExitStarted'; exitId: bigint; owner: Address }
    | { type: 'InFlightExitStarted'; txHash: Hash; initiator: Address }
    | { type: 'InFlightExitChallenged'; txHash: Hash; challenger: Address; competitorPosition: bigint }
  )

type Of<Type extends ExitGameEvent['type']> = Extract<ExitGameEvent, { type: Type }>

/** The same with everything but the contract's state of now, which is asked for many at once. */
export type Complete =
  | Omit<Of<'ExitStarted'>, 'exitable'>
  | Omit<Of<'InFlightExitStarted'>, 'contractTimestamp'>
  | Of<'InFlightExitChallenged'>

export type DecodedLog =
  | { is: 'event'; event: ExitGameEvent | LedgerEvent }
  | { is: 'incomplete'; event: Incomplete }
  | { is: 'notice'; notice: Notice }
  | { is: 'unreadable'; what: string }
  /** A log that the watcher has no use for. */
  | { is: 'other' }

/** Reads a log of the exit game. Never throws: a log that only looks like one of ours is unreadable. */
export function decodeExitGameLog(log: LogEntry, at: At): DecodedLog {
  const decoded = readExitGameLog(log)
  if (decoded === 'other') return { is: 'other' }
  if (decoded === 'unreadable') return unreadable(log)
  const starting = incomplete(decoded, at)
  if (starting) return { is: 'incomplete', event: starting }
  const event = standardExitEvent(decoded, at) ?? inFlightExitEvent(decoded, at) ?? pieceEvent(decoded, at)
  if (event) return { is: 'event', event }
  const notice = exitGameNotice(decoded, at)
  return notice ? { is: 'notice', notice } : unreadable(log)
}

/** Reads the start of a standard exit, undefined when the log is anything else. */
export function readExitStarted(log: LogEntry): { exitId: bigint; owner: Address } | undefined {
  const decoded = readExitGameLog(log)
  if (typeof decoded === 'string' || decoded.eventName !== 'ExitStarted') return undefined
  return { exitId: decoded.args.exitId, owner: lower(decoded.args.owner) }
}

/** Reads a log of the framework or of a vault. Never throws. */
export function decodeLedgerLog(log: LogEntry, at: At): DecodedLog {
  const decoded = readLedgerLog(log)
  if (decoded === 'other') return { is: 'other' }
  if (decoded === 'unreadable') return unreadable(log)
  if (decoded.eventName === 'BlockSubmitted')
    return { is: 'event', event: { ...at, type: 'BlockSubmitted', blknum: decoded.args.blknum } }
  if (decoded.eventName !== 'DepositCreated')
    return { is: 'notice', notice: ledgerNotice(decoded, { ...at, contract: log.address }) }
  const { blknum, depositor, token, amount } = decoded.args
  return {
    is: 'event',
    event: {
      ...at,
      type: 'DepositCreated',
      blknum,
      depositor: lower(depositor),
      token: lower(token),
      amount: amount as Wei,
    },
  }
}

function incomplete(log: ExitGameLog, at: At): Incomplete | undefined {
  switch (log.eventName) {
    case 'ExitStarted':
      return { ...at, type: log.eventName, exitId: log.args.exitId, owner: lower(log.args.owner) }
    case 'InFlightExitStarted':
      return { ...at, type: log.eventName, txHash: log.args.txHash as Hash, initiator: lower(log.args.initiator) }
    case 'InFlightExitChallenged': {
      const { txHash, challenger, challengeTxPosition } = log.args
      return {
        ...at,
        type: 'InFlightExitChallenged',
        txHash: txHash as Hash,
        challenger: lower(challenger),
        competitorPosition: challengeTxPosition,
      }
    }
    default:
      return undefined
  }
}

function standardExitEvent(log: ExitGameLog, at: At): ExitGameEvent | undefined {
  switch (log.eventName) {
    case 'ExitChallenged':
      return { ...at, type: log.eventName, utxoPos: log.args.utxoPos as UtxoPos }
    case 'ExitFinalized':
    case 'ExitOmitted':
    case 'InFlightExitDeleted':
      return { ...at, type: log.eventName, exitId: log.args.exitId }
    default:
      return undefined
  }
}

function inFlightExitEvent(log: ExitGameLog, at: At): ExitGameEvent | undefined {
  switch (log.eventName) {
    case 'InFlightExitOmitted':
      return { ...at, type: log.eventName, exitId: log.args.exitId, token: lower(log.args.token) }
    case 'InFlightExitChallengeResponded': {
      const { txHash, challenger, challengeTxPosition } = log.args
      return {
        ...at,
        type: log.eventName,
        txHash: txHash as Hash,
        challenger: lower(challenger),
        challengePosition: challengeTxPosition,
      }
    }
    default:
      return undefined
  }
}

function pieceEvent(log: ExitGameLog, at: At): ExitGameEvent | undefined {
  switch (log.eventName) {
    case 'InFlightExitInputPiggybacked':
      return piggybacked(log.args, { ...at, side: 'input', index: log.args.inputIndex })
    case 'InFlightExitOutputPiggybacked':
      return piggybacked(log.args, { ...at, side: 'output', index: log.args.outputIndex })
    case 'InFlightExitInputBlocked':
      return blocked(log.args, { ...at, side: 'input', index: log.args.inputIndex })
    case 'InFlightExitOutputBlocked':
      return blocked(log.args, { ...at, side: 'output', index: log.args.outputIndex })
    case 'InFlightExitInputWithdrawn':
      return {
        ...at,
        type: 'InFlightExitWithdrawn',
        side: 'input',
        index: log.args.inputIndex,
        exitId: log.args.exitId,
      }
    case 'InFlightExitOutputWithdrawn':
      return {
        ...at,
        type: 'InFlightExitWithdrawn',
        side: 'output',
        index: log.args.outputIndex,
        exitId: log.args.exitId,
      }
    default:
      return undefined
  }
}

type Piece = At & { side: Side; index: number }

function piggybacked(args: { txHash: string; exitTarget: string }, piece: Piece): ExitGameEvent {
  const exitTarget = lower(args.exitTarget)
  return { ...piece, type: 'InFlightExitPiggybacked', txHash: args.txHash as Hash, exitTarget }
}

function blocked(args: { txHash: string }, piece: Piece): ExitGameEvent {
  return { ...piece, type: 'InFlightExitBlocked', txHash: args.txHash as Hash }
}

const lower = (address: string) => address.toLowerCase() as Address

function unreadable(log: LogEntry): DecodedLog {
  return { is: 'unreadable', what: `log ${String(log.logIndex)} of ${log.address}` }
}
