import type { ContractFunctionReturnType } from 'viem'
import type { Address, Hash, Timestamp, UtxoPos, Wei } from '../plasma/units.ts'
import { exitGameAbi, frameworkAbi } from './abi.ts'
import { read } from './contract.ts'
import { type Bonds, type Deployment, readBonds } from './deployment.ts'
import { type Node, RootChainUnavailableError } from './node.ts'

/** `standardExits(id)`: amount 0 when unknown or processed; not exitable with an amount when challenged (contracts.md 6). */
export type StandardExitState = {
  exitable: boolean
  utxoPos: UtxoPos
  outputId: Hash
  exitTarget: Address
  amount: Wei
  bondSize: Wei
}

/** One of the four inputs or outputs that an in-flight exit may pay; all zero where there is none. */
export type WithdrawData = {
  outputId: Hash
  exitTarget: Address
  token: Address
  amount: Wei
  piggybackBondSize: Wei
}

/** `inFlightExits(id)`: `exitStartTimestamp` 0 when unknown, processed or deleted. */
export type InFlightExitState = {
  isCanonical: boolean
  exitStartTimestamp: Timestamp
  /** Bit i: input i is piggybacked; bit 4 + i: output i. */
  exitMap: bigint
  /** Of the youngest input. */
  position: UtxoPos
  inputs: readonly WithdrawData[]
  outputs: readonly WithdrawData[]
  bondOwner: Address
  bondSize: Wei
  /** 0 when never challenged. */
  oldestCompetitorPosition: bigint
}

/** An exit in the queue of a token, and from which second on it may be processed. */
export type NextExit = { exitId: bigint; exitableAt: Timestamp }

/** The state of the exit game, read from the contracts; at a height where one is given, else at the newest block. */
export type ExitGameReader = {
  standardExit: (exitId: bigint, at?: bigint) => Promise<StandardExitState>
  standardExits: (exitIds: readonly bigint[], at?: bigint) => Promise<readonly StandardExitState[]>
  inFlightExit: (exitId: bigint, at?: bigint) => Promise<InFlightExitState>
  inFlightExits: (exitIds: readonly bigint[], at?: bigint) => Promise<readonly InFlightExitState[]>
  bonds: () => Promise<Bonds>
  hasExitQueue: (queue: { vaultId: bigint; token: Address }) => Promise<boolean>
  isOutputFinalized: (outputId: Hash) => Promise<boolean>
}

/** Every call rejects with a retryable error when the node fails. */
export function createExitGameReader(node: Node, { framework, paymentExitGame }: Deployment): ExitGameReader {
  const game = { address: paymentExitGame, abi: exitGameAbi } as const
  const frame = { address: framework, abi: frameworkAbi } as const
  const standardExits: ExitGameReader['standardExits'] = (exitIds, at) =>
    inParts(exitIds, async (args) => {
      const found = await read(node, { ...game, functionName: 'standardExits', args: [args], at })
      return found.map(standardExitState)
    })
  const inFlightExits: ExitGameReader['inFlightExits'] = (exitIds, at) =>
    inParts(exitIds, async (args) => {
      const found = await read(node, { ...game, functionName: 'inFlightExits', args: [args], at })
      return found.map(inFlightExitState)
    })
  return {
    standardExits,
    standardExit: async (exitId, at) => only(await standardExits([exitId], at)),
    inFlightExits,
    inFlightExit: async (exitId, at) => only(await inFlightExits([exitId], at)),
    bonds: () => readBonds(node, paymentExitGame),
    hasExitQueue: ({ vaultId, token }) =>
      read(node, { ...frame, functionName: 'hasExitQueue', args: [vaultId, token] }),
    isOutputFinalized: (outputId) => read(node, { ...frame, functionName: 'isOutputFinalized', args: [outputId] }),
  }
}

const MOST_IDS = 50

/** Nodes bound the work of one call, so many ids are asked for in parts. */
async function inParts<Value>(
  ids: readonly bigint[],
  question: (ids: readonly bigint[]) => Promise<readonly Value[]>,
): Promise<readonly Value[]> {
  const answers: Value[] = []
  for (let from = 0; from < ids.length; from += MOST_IDS) {
    const part = ids.slice(from, from + MOST_IDS)
    const answer = await question(part)
    if (answer.length !== part.length) throw new RootChainUnavailableError('eth_call', 'malformed answer')
    answers.push(...answer)
  }
  return answers
}

function only<Value>(values: readonly Value[]): Value {
  const [value] = values
  if (value === undefined) throw new RootChainUnavailableError('eth_call', 'malformed answer')
  return value
}

type ReadStandardExit = ContractFunctionReturnType<typeof exitGameAbi, 'view', 'standardExits'>[number]
type ReadInFlightExit = ContractFunctionReturnType<typeof exitGameAbi, 'view', 'inFlightExits'>[number]

function standardExitState(exit: ReadStandardExit): StandardExitState {
  return {
    exitable: exit.exitable,
    utxoPos: exit.utxoPos as UtxoPos,
    outputId: exit.outputId as Hash,
    exitTarget: exit.exitTarget.toLowerCase() as Address,
    amount: exit.amount as Wei,
    bondSize: exit.bondSize as Wei,
  }
}

function inFlightExitState(exit: ReadInFlightExit): InFlightExitState {
  return {
    isCanonical: exit.isCanonical,
    exitStartTimestamp: exit.exitStartTimestamp as Timestamp,
    exitMap: exit.exitMap,
    position: exit.position as UtxoPos,
    inputs: exit.inputs.map(withdrawData),
    outputs: exit.outputs.map(withdrawData),
    bondOwner: exit.bondOwner.toLowerCase() as Address,
    bondSize: exit.bondSize as Wei,
    oldestCompetitorPosition: exit.oldestCompetitorPosition,
  }
}

function withdrawData(data: ReadInFlightExit['inputs'][number]): WithdrawData {
  return {
    outputId: data.outputId as Hash,
    exitTarget: data.exitTarget.toLowerCase() as Address,
    token: data.token.toLowerCase() as Address,
    amount: data.amount as Wei,
    piggybackBondSize: data.piggybackBondSize as Wei,
  }
}
