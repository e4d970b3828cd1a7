import { parseEventLogs } from 'viem'
import { inFlightExitId } from '../../src/exit-game/exit-id.ts'
import { encodeUtxoPos } from '../../src/plasma/position.ts'
import type { Address } from '../../src/plasma/units.ts'
import { actorAbi as abi, tokenAbi } from '../actor-abi.ts'
import type { Included, Payment } from '../actor-payment.ts'
import type { Receipt } from '../wallet.ts'
import type { World } from './world.ts'

type Chain = Pick<World, 'client' | 'contracts'>

/** What the exit game holds of a standard exit; `none` when it is unknown, or was processed. */
export async function standardExitState(
  { client, contracts }: Chain,
  exitId: bigint,
): Promise<'open' | 'challenged' | 'none'> {
  const args = [[exitId]] as const
  const read = { address: contracts.exitGame, abi, functionName: 'standardExits', args } as const
  const [exit] = await client.readContract(read)
  if (!exit || exit.amount === 0n) return 'none'
  return exit.exitable ? 'open' : 'challenged'
}

/** The bond of a standard exit that is started now. */
export function standardExitBond({ client, contracts }: Chain): Promise<bigint> {
  return client.readContract({ address: contracts.exitGame, abi, functionName: 'startStandardExitBondSize' })
}

/** What the exit game holds of an in-flight exit. */
type InFlightExit = {
  canonical: boolean
  bondOwner: Address
  /** Such as `input 0` and `output 1`. */
  piggybacked: readonly string[]
  /** 0 when it was never challenged, {@link NO_BLOCK} when no block holds the competitor. */
  oldestCompetitor: bigint
}

/** Where the exit game takes a competitor to be that no block holds. */
export const NO_BLOCK = 2n ** 256n - 1n

/** What the exit game holds of a payment's in-flight exit; `none` when it is unknown, or was processed or deleted. */
export async function inFlightExitState(
  { client, contracts }: Chain,
  { raw }: Pick<Payment, 'raw'>,
): Promise<InFlightExit | 'none'> {
  const args = [[inFlightExitId(raw)]] as const
  const read = { address: contracts.exitGame, abi, functionName: 'inFlightExits', args } as const
  const [exit] = await client.readContract(read)
  if (!exit || exit.exitStartTimestamp === 0n) return 'none'
  const pieces = ['input', 'output'].flatMap((side) => [0, 1, 2, 3].map((index) => `${side} ${index}`))
  return {
    canonical: exit.isCanonical,
    bondOwner: exit.bondOwner.toLowerCase() as Address,
    piggybacked: pieces.filter((_, bit) => (exit.exitMap & (1n << BigInt(bit))) !== 0n),
    oldestCompetitor: exit.oldestCompetitorPosition,
  }
}

/** A payment's place, as canonicity is decided by it. */
export function placeOf({ blknum, txIndex }: Included): bigint {
  return encodeUtxoPos({ blknum, txIndex, outputIndex: 0 })
}

/** The bonds of an in-flight exit that is started now, and of a piggyback. */
export async function inFlightBonds({ client, contracts }: Chain): Promise<{ exit: bigint; piggyback: bigint }> {
  const read = { address: contracts.exitGame, abi } as const
  const [exit, piggyback] = await Promise.all([
    client.readContract({ ...read, functionName: 'startIFEBondSize' }),
    client.readContract({ ...read, functionName: 'piggybackBondSize' }),
  ])
  return { exit, piggyback }
}

/** What a vault holds of a token. */
export async function vaultBalance(world: Chain & Pick<World, 'token'>, kind: 'ether' | 'token'): Promise<bigint> {
  const { client, contracts, token } = world
  if (kind === 'ether') return client.getBalance({ address: contracts.ethVault })
  return tokenBalance({ client, token }, contracts.erc20Vault)
}

/** What somebody holds of the test token. */
export function tokenBalance({ client, token }: Pick<World, 'client' | 'token'>, owner: Address): Promise<bigint> {
  return client.readContract({ address: token, abi: tokenAbi, functionName: 'balanceOf', args: [owner] })
}

/** The standard exits that `processExits` paid, and those that it passed over. */
export function processed({ logs }: Receipt): { finalized: readonly bigint[]; omitted: readonly bigint[] } {
  const events = parseEventLogs({ abi, eventName: ['ExitFinalized', 'ExitOmitted'], logs })
  const idsOf = (name: string) => events.filter(({ eventName }) => eventName === name).map(({ args }) => args.exitId)
  return { finalized: idsOf('ExitFinalized'), omitted: idsOf('ExitOmitted') }
}

/** What `processExits` paid of in-flight exits, in order: such as `input 0` and `output 1`. */
export function withdrawn({ logs }: Receipt): readonly string[] {
  const eventName = ['InFlightExitInputWithdrawn', 'InFlightExitOutputWithdrawn'] as const
  return parseEventLogs({ abi, eventName: [...eventName], logs }).map(({ args }) =>
    'inputIndex' in args ? `input ${args.inputIndex}` : `output ${args.outputIndex}`,
  )
}

/** The exits that were processed so far, in order, and whether each of them was paid. */
export async function processedExits({ client, contracts }: Chain): Promise<readonly ProcessedExit[]> {
  const logs = await client.getLogs({ address: contracts.exitGame, fromBlock: 0n })
  const events = parseEventLogs({ abi, eventName: [...PROCESSING], logs })
  const exits = new Map(events.map(({ args, eventName }) => [args.exitId, eventName !== 'ExitOmitted']))
  return [...exits].map(([exitId, isPaid]) => ({ exitId, isPaid }))
}

export type ProcessedExit = { exitId: bigint; isPaid: boolean }

const PROCESSING = [
  'ExitFinalized',
  'ExitOmitted',
  'InFlightExitInputWithdrawn',
  'InFlightExitOutputWithdrawn',
] as const

/** The receipt of the root chain transaction that submitted a child block. */
export async function submissionOf({ client, contracts }: Chain, blknum: bigint): Promise<Receipt> {
  const logs = await client.getLogs({ address: contracts.framework, fromBlock: 0n })
  const submissions = parseEventLogs({ abi, eventName: 'BlockSubmitted', logs })
  const submission = submissions.find(({ args }) => args.blknum === blknum)
  if (!submission) throw new Error(`Block ${blknum} was not submitted.`)
  return client.getTransactionReceipt({ hash: submission.transactionHash })
}
