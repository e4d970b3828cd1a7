import { unreachable } from '../lib/unreachable.ts'
import { decodeUtxoPos } from '../plasma/position.ts'
import { decodeTransaction } from '../plasma/transaction.ts'
import type { Address, Hash, UtxoPos, Wei } from '../plasma/units.ts'
import type { At, ExitGameEvent } from './contract-event.ts'
import { hasSeen, placeOf, type History } from './history.ts'

type Started = {
  exitId: bigint
  utxoPos: UtxoPos
  owner: Address
  currency: Address
  amount: Wei
  /** The raw transaction that created the output. */
  outputTx: Uint8Array
  outputTxHash: Hash
  started: At
  history: History
}

/** A standard exit, from the log that opened it to the log that closed it. */
export type StandardExit = Started &
  (
    | { status: 'open' }
    /** The contract was done with it when the start was read; how it ended is told by later events. */
    | { status: 'settled' }
    /** Its record stays in the contract until processing omits it. */
    | { status: 'challenged'; challenged: At }
    | { status: 'finalized'; finalized: At }
    /** Nothing is left in the contract: the same exit may be started again. */
    | { status: 'omitted'; omitted: At }
  )

type Of<Type extends ExitGameEvent['type']> = Extract<ExitGameEvent, { type: Type }>

/** The events that speak of one standard exit. */
export type StandardExitEvent = Of<'ExitStarted' | 'ExitChallenged' | 'ExitFinalized' | 'ExitOmitted'>

/** A standard exit as its start shows it; undefined when the calldata holds no such output. */
export function openStandardExit(event: Of<'ExitStarted'>): StandardExit | undefined {
  const decoded = decodeTransaction(event.outputTx)
  if (!decoded.ok) return undefined
  const output = decoded.value.outputs[decodeUtxoPos(event.utxoPos).outputIndex]
  if (!output) return undefined
  return {
    exitId: event.exitId,
    utxoPos: event.utxoPos,
    owner: event.owner,
    currency: output.currency,
    amount: output.amount,
    outputTx: event.outputTx,
    outputTxHash: decoded.value.txHash,
    started: placeOf(event),
    history: [event.occurrence],
    status: event.exitable ? 'open' : 'settled',
  }
}

/**
 * Folds one event of this exit into it. An event seen before changes nothing, and a closed exit stays closed until
 * a new start opens it again.
 */
export function advanceStandardExit(exit: StandardExit, event: StandardExitEvent): StandardExit {
  if (hasSeen(exit.history, event)) return exit
  const history = [...exit.history, event.occurrence]
  if (event.type === 'ExitStarted') {
    const restarted = openStandardExit(event)
    return restarted ? { ...restarted, history } : exit
  }
  if (exit.status === 'finalized' || exit.status === 'omitted') return { ...exit, history }
  return { ...closed(exit, event), history }
}

function closed(exit: StandardExit, event: Exclude<StandardExitEvent, Of<'ExitStarted'>>): StandardExit {
  const started = startedOf(exit)
  switch (event.type) {
    case 'ExitChallenged':
      return { ...started, status: 'challenged', challenged: placeOf(event) }
    case 'ExitFinalized':
      return { ...started, status: 'finalized', finalized: placeOf(event) }
    case 'ExitOmitted':
      return { ...started, status: 'omitted', omitted: placeOf(event) }
    default:
      return unreachable(event)
  }
}

/** Leaves behind what only the old status knew. */
function startedOf(exit: Started): Started {
  const { exitId, utxoPos, owner, currency, amount, outputTx, outputTxHash, started, history } = exit
  return { exitId, utxoPos, owner, currency, amount, outputTx, outputTxHash, started, history }
}
