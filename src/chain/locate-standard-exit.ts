import { getAbiItem, padHex, toEventSelector } from 'viem'
import type { Occurrence } from '../exit-game/contract-event.ts'
import type { Address, Hash, UtxoPos } from '../plasma/units.ts'
import { exitGameAbi } from './abi.ts'
import { readHead } from './blocks.ts'
import { readExitStarted } from './decode-log.ts'
import type { ExitGameReader, StandardExitState } from './exit-game.ts'
import type { LogReader } from './logs.ts'
import type { Node } from './node.ts'
import { rankLogs } from './place-logs.ts'
import { type LogEntry, transactionReceipt } from './shapes.ts'

/** A standard exit, named by the output that it exits. `rootChainTxHash`: what started it, where that is known. */
export type NamedExit = { utxoPos: UtxoPos; owner: Address; rootChainTxHash?: Hash | undefined }

export type LocatedExit = { exitId: bigint; occurrence: Occurrence; blockNumber: bigint; state: StandardExitState }

type Sources = { node: Node; exitGame: Address; reader: ExitGameReader; logs: LogReader }

const STEP = 10_000n
/** About two months of blocks: an exit is processed, or could be, after one to two weeks. */
const FURTHEST = 400_000n

/**
 * Finds the newest start of a standard exit that the contract still holds, for reports that carry no exit id (those of
 * a remote Watcher). Undefined when the contract holds none.
 *
 * @throws {@link RootChainUnavailableError}
 */
export async function locateStandardExit(sources: Sources, exit: NamedExit): Promise<LocatedExit | undefined> {
  const named = exit.rootChainTxHash && (await inTransaction(sources, exit.utxoPos, exit.rootChainTxHash))
  if (named) return named
  const { number: head } = await readHead(sources.node)
  const end = head > FURTHEST ? head - FURTHEST : 0n
  for (let to = head; to >= end; to -= STEP) {
    const from = to - STEP + 1n > end ? to - STEP + 1n : end
    const logs = await sources.logs({ addresses: [sources.exitGame], from, to, topics: [STARTED, topicOf(exit.owner)] })
    const found = await heldExit(sources.reader, exit.utxoPos, logs)
    if (found) return inTransaction(sources, exit.utxoPos, found.log.transactionHash)
  }
  return undefined
}

/** The rank needs all logs of the transaction, not only the starts. */
async function inTransaction(
  { node, exitGame, reader }: Sources,
  utxoPos: UtxoPos,
  txHash: Hash,
): Promise<LocatedExit | undefined> {
  const found = await node.ask('eth_getTransactionReceipt', [txHash], transactionReceipt.nullable())
  const logs = found?.logs.filter((log) => log.address === exitGame && log.transactionHash === txHash) ?? []
  const held = await heldExit(reader, utxoPos, logs)
  if (!held) return undefined
  const rank = rankLogs(logs)[logs.indexOf(held.log)] ?? 0
  return { exitId: held.exitId, state: held.state, blockNumber: held.log.blockNumber, occurrence: { txHash, rank } }
}

type Held = { log: LogEntry; exitId: bigint; state: StandardExitState }

/** The last of some logs that started the exit of this output which the contract holds now. */
async function heldExit(
  reader: ExitGameReader,
  utxoPos: UtxoPos,
  logs: readonly LogEntry[],
): Promise<Held | undefined> {
  const starts = logs.flatMap((log) => {
    const started = readExitStarted(log)
    return started ? [{ log, exitId: started.exitId }] : []
  })
  if (starts.length === 0) return undefined
  const states = await reader.standardExits(starts.map(({ exitId }) => exitId))
  const held = starts.flatMap((start, at) => {
    const state = states[at]
    return state && state.amount > 0n && state.utxoPos === utxoPos ? [{ ...start, state }] : []
  })
  return held.at(-1)
}

const STARTED = toEventSelector(getAbiItem({ abi: exitGameAbi, name: 'ExitStarted' })) as Hash
const topicOf = (owner: Address) => padHex(owner, { size: 32 }) as Hash
