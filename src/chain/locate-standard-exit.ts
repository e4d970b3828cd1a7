import { encodeEventTopics, padHex } from 'viem'
import type { Occurrence } from '../exit-game/contract-event.ts'
import type { Address, Hash, UtxoPos } from '../plasma/units.ts'
import { exitGameAbi } from './abi.ts'
import { readHead } from './blocks.ts'
import { decodeExitGameLog } from './decode-log.ts'
import type { ExitGameReader, StandardExitState } from './exit-game.ts'
import type { LogReader } from './logs.ts'
import type { Node } from './node.ts'
import { rankLogs } from './place-logs.ts'
import { type LogEntry, receipt } from './shapes.ts'

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
  const named = exit.rootChainTxHash && (await inTransaction(sources, exit, exit.rootChainTxHash))
  if (named) return named
  const { number: head } = await readHead(sources.node)
  const end = head > FURTHEST ? head - FURTHEST : 0n
  for (let to = head; to >= end; to -= STEP) {
    const from = to - STEP + 1n > end ? to - STEP + 1n : end
    const started = await startedBy(sources, { owner: exit.owner, from, to })
    const found = await newest(sources, exit, started)
    if (found) return await inTransaction(sources, exit, found.transactionHash)
  }
  return undefined
}

/** The occurrence needs all logs of the transaction, not only the starts. */
async function inTransaction(
  sources: Sources,
  exit: NamedExit,
  txHash: Hash,
): Promise<LocatedExit | undefined> {
  const found = await sources.node.ask('eth_getTransactionReceipt', [txHash], receipt.nullable())
  const logs = found?.logs.filter((log) => log.address === sources.exitGame && log.removed !== true) ?? []
  const ranks = rankLogs(logs)
  const started = await newest(sources, exit, logs)
  return started && { ...started.located, occurrence: { txHash, rank: ranks[logs.indexOf(started.log)] ?? 0 } }
}
