import { isYoung } from './blocks.ts'
import type { ExitGameReader, InFlightExitState, StandardExitState } from './exit-game.ts'
import { type Node, RootChainUnavailableError } from './node.ts'

type Asked = { exitId: bigint; blockNumber: bigint }
type Sources = { node: Node; reader: ExitGameReader }

/**
 * What the contract held of a standard exit at a height or, where the node has no state as old as that, holds now.
 * Undefined when it holds nothing.
 *
 * @throws {@link RootChainUnavailableError}
 */
export async function standardExitState(
  { exitId, blockNumber }: Asked,
  { node, reader }: Sources,
): Promise<StandardExitState | undefined> {
  const isHeld = ({ amount }: StandardExitState) => amount > 0n
  const then = await atHeight(node, blockNumber, (at) => reader.standardExit(exitId, at))
  const state = isHeld(then) ? then : await reader.standardExit(exitId)
  return isHeld(state) ? state : undefined
}

/** As {@link standardExitState}. */
export async function inFlightExitState(
  { exitId, blockNumber }: Asked,
  { node, reader }: Sources,
): Promise<InFlightExitState | undefined> {
  const isHeld = ({ exitStartTimestamp }: InFlightExitState) => exitStartTimestamp > 0n
  const then = await atHeight(node, blockNumber, (at) => reader.inFlightExit(exitId, at))
  const state = isHeld(then) ? then : await reader.inFlightExit(exitId)
  return isHeld(state) ? state : undefined
}

/**
 * Asks for the state at a height; at the newest block where the node no longer has that. Never there for the height's
 * sake alone: of a young block, a node that lags behind would answer from before it.
 *
 * @throws {@link RootChainUnavailableError}
 */
export async function atHeight<Value>(
  node: Node,
  height: bigint,
  question: (at?: bigint) => Promise<Value>,
): Promise<Value> {
  try {
    return await question(height)
  } catch (error) {
    if (!(error instanceof RootChainUnavailableError) || (await isYoung(node, height))) throw error
    return question()
  }
}
