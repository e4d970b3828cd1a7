import type { Hex } from '../lib/bytes.ts'
import type { ExitGameEvent } from '../exit-game/contract-event.ts'
import { standardExitId } from '../exit-game/exit-id.ts'
import type { Address, Hash, UtxoPos } from '../plasma/units.ts'
import { findCanonicityChallenge, findInFlightExitStart, findStandardExitStart } from './call-arguments.ts'
import type { Incomplete } from './decode-log.ts'
import type { ExitGameReader, StandardExitState } from './exit-game.ts'
import { ContractRevertedError, type Node, RootChainUnavailableError } from './node.ts'
import { type SentTransaction, sentTransaction } from './shapes.ts'
import { tracedCalls } from './trace.ts'

/** The raw transaction that created an output, from what the guard itself has of the child chain. */
export type Archive = (utxoPos: UtxoPos) => Uint8Array | undefined

/** Where the missing half of an event may be found. */
export type Sources = { node: Node; exitGame: Address; reader: ExitGameReader; archive?: Archive | undefined }

type Of<Type extends ExitGameEvent['type']> = Extract<ExitGameEvent, { type: Type }>

/** An event with everything but the contract's state of now, which is asked for many at once. */
export type Complete =
  | Omit<Of<'ExitStarted'>, 'exitable'>
  | Omit<Of<'InFlightExitStarted'>, 'contractTimestamp'>
  | Of<'InFlightExitChallenged'>

/**
 * Adds what v1 logs leave out: the arguments of the call. Taken from the transaction when it calls the exit game
 * itself; of a call through another contract from a trace, else from what its calldata holds, else (the output's
 * transaction only) from the archive. Undefined when none of these shows it.
 *
 * @throws {@link RootChainUnavailableError} when the transaction cannot be read.
 */
export async function complete(event: Incomplete, sources: Sources): Promise<Complete | undefined> {
  const sent = await transactionOf(sources.node, event.occurrence.txHash)
  const direct = sent.to === sources.exitGame ? withArguments(event, sent.input) : undefined
  return direct ?? indirect(event, sent, sources)
}

async function indirect(event: Incomplete, sent: SentTransaction, sources: Sources): Promise<Complete | undefined> {
  const { node, exitGame, reader, archive } = sources
  const state = event.type === 'ExitStarted' ? await stateOf(event, reader) : undefined
  for (const input of [...(await tracedCalls(node, sent.hash, exitGame)), sent.input]) {
    const found = withArguments(event, input, state?.utxoPos)
    if (found) return found
  }
  return event.type === 'ExitStarted' && state ? fromArchive(event, state, archive) : undefined
}

async function transactionOf(node: Node, txHash: Hash): Promise<SentTransaction> {
  const sent = await node.ask('eth_getTransactionByHash', [txHash], sentTransaction.nullable())
  if (sent?.hash !== txHash) throw new RootChainUnavailableError('eth_getTransactionByHash', 'no such transaction')
  return sent
}

function withArguments(event: Incomplete, calldata: Hex, utxoPos?: UtxoPos): Complete | undefined {
  switch (event.type) {
    case 'ExitStarted': {
      const found = findStandardExitStart(calldata, { exitId: event.exitId, utxoPos })
      return found && { ...event, ...found }
    }
    case 'InFlightExitStarted': {
      const found = findInFlightExitStart(calldata, event.txHash)
      return found && { ...event, ...found }
    }
    case 'InFlightExitChallenged': {
      const found = findCanonicityChallenge(calldata, event)
      return found && { ...event, ...found }
    }
  }
}

/**
 * What the contract holds of a standard exit, then or, from a node without old states, now. An exit id does not hold
 * the position of an output of a child block, so calldata that is not a direct call could lie about it.
 */
async function stateOf(
  { exitId, blockNumber }: { exitId: bigint; blockNumber: bigint },
  reader: ExitGameReader,
): Promise<StandardExitState | undefined> {
  const then = await reader.standardExit(exitId, blockNumber).catch(unlessBug)
  const state = then && then.amount > 0n ? then : await reader.standardExit(exitId)
  return state.amount > 0n ? state : undefined
}

function unlessBug(error: unknown): undefined {
  if (error instanceof RootChainUnavailableError || error instanceof ContractRevertedError) return undefined
  throw error
}

function fromArchive(
  event: Extract<Incomplete, { type: 'ExitStarted' }>,
  { utxoPos }: StandardExitState,
  archive: Archive | undefined,
): Complete | undefined {
  const outputTx = archive?.(utxoPos)
  return outputTx && standardExitId(outputTx, utxoPos) === event.exitId ? { ...event, utxoPos, outputTx } : undefined
}
