import { decodeFunctionData, encodeAbiParameters, encodeEventTopics, encodeFunctionResult, getAbiItem } from 'viem'
import { exitGameAbi, frameworkAbi, vaultAbi } from '../../src/chain/abi.ts'
import type { Deployment } from '../../src/chain/deployment.ts'
import type { Hex } from '../../src/lib/bytes.ts'
import type { Address, Hash, Seconds, Wei } from '../../src/plasma/units.ts'
import { answering, type Behaviour } from './http-server.ts'

const digits = (digit: string, bytes: number): Hex => `0x${digit.repeat(2 * bytes)}`
export const deployment: Deployment = {
  chainId: 1n,
  version: '1.0.4',
  framework: digits('1', 20) as Address,
  ethVault: digits('2', 20) as Address,
  erc20Vault: digits('3', 20) as Address,
  paymentExitGame: digits('4', 20) as Address,
  minExitPeriod: 600n as Seconds,
  childBlockInterval: 1000n,
  bonds: { standardExit: 1n as Wei, inFlightExit: 1n as Wei, piggyback: 1n as Wei },
}

/** What a node says: a result, or a refusal. Thrown: a refusal. */
export class Refusal extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

export type Answers = Record<string, (params: never) => unknown>

/** A node that gives these answers, each method by its function. */
export function speaking(answers: Answers, asked: string[] = []): Behaviour {
  return ({ body, path }, response) => {
    const { id, method, params } = JSON.parse(body) as { id: number; method: string; params: unknown }
    asked.push(method)
    answering(JSON.stringify({ jsonrpc: '2.0', id, ...said(answers, method, params) }))({ body, path }, response)
  }
}

function said(answers: Answers, method: string, params: unknown): object {
  const answer = answers[method]
  if (!answer) return { error: { code: -32601, message: `the method ${method} does not exist` } }
  try {
    return { result: answer(params as never) }
  } catch (error) {
    if (error instanceof Refusal) return { error: { code: error.code, message: error.message } }
    throw error
  }
}

export const numbered = (number: number, kind = 0) =>
  `0x${(kind * 1_000_000 + number).toString(16).padStart(64, '0')}` as Hash
export const quantity = (number: number) => `0x${number.toString(16)}`
export const timeOf = (number: number) => 1_700_000_000 + 12 * number

/** A block of the height; `bloom` full by default: it may hold any log. */
export function blockAt(number: number, change: object = {}) {
  const logsBloom = digits('f', 256)
  return { number: quantity(number), hash: numbered(number), timestamp: quantity(timeOf(number)), logsBloom, ...change }
}

export type RawLog = ReturnType<typeof logOf>

function logOf(block: number, { topics, data, address }: { topics: Hex[]; data: Hex; address: Address }) {
  return {
    address,
    topics,
    data,
    blockNumber: quantity(block),
    blockHash: numbered(block),
    transactionHash: numbered(block, 2),
    transactionIndex: '0x0',
    logIndex: '0x0',
    removed: false,
  }
}

/** Of a child block, submitted in a root chain block. */
export function submitted(block: number, blknum: bigint): RawLog {
  const { inputs } = getAbiItem({ abi: frameworkAbi, name: 'BlockSubmitted' })
  const topics = encodeEventTopics({ abi: frameworkAbi, eventName: 'BlockSubmitted' }) as Hex[]
  return logOf(block, { topics, data: encodeAbiParameters(inputs, [blknum]), address: deployment.framework })
}

export function depositCreated(block: number, { depositor, blknum }: { depositor: Address; blknum: bigint }): RawLog {
  const args = { depositor, blknum, token: digits('0', 20) }
  const topics = encodeEventTopics({ abi: vaultAbi, eventName: 'DepositCreated', args }) as Hex[]
  return logOf(block, { topics, data: encodeAbiParameters([{ type: 'uint256' }], [9n]), address: deployment.ethVault })
}

export function exitStarted(block: number, { owner, exitId }: { owner: Address; exitId: bigint }): RawLog {
  const topics = encodeEventTopics({ abi: exitGameAbi, eventName: 'ExitStarted', args: { owner } }) as Hex[]
  const data = encodeAbiParameters([{ type: 'uint160' }], [exitId])
  return logOf(block, { topics, data, address: deployment.paymentExitGame })
}

type StandardExit = { exitable: boolean; utxoPos: bigint; exitTarget: Address; amount: bigint }

/** What the contracts hold; nothing by default. */
export type State = {
  blocks?: (blknum: bigint) => readonly [root: Hash, timestamp: bigint]
  standardExit?: (exitId: bigint) => StandardExit
}

const abi = [...frameworkAbi, ...exitGameAbi] as const
const NO_EXIT: StandardExit = { exitable: false, utxoPos: 0n, exitTarget: digits('0', 20) as Address, amount: 0n }

/** Answers `eth_call`. In-flight exits there are none. */
export function stateOf({ blocks = () => [numbered(0), 0n], standardExit = () => NO_EXIT }: State) {
  return ([{ data }]: readonly [{ data: Hex }, string]): Hex => {
    const { functionName, args } = decodeFunctionData({ abi, data })
    if (functionName === 'blocks') return encodeFunctionResult({ abi, functionName, result: blocks(args[0]) })
    if (functionName === 'inFlightExits') return encodeFunctionResult({ abi, functionName, result: [] })
    if (functionName !== 'standardExits') throw new Refusal(-32000, `nobody knows ${functionName}`)
    const result = args[0].map((id) => ({ ...standardExit(id), outputId: numbered(0), bondSize: 1n }))
    return encodeFunctionResult({ abi, functionName, result })
  }
}
