import { z } from 'zod'
import type { BondEvent, BondFact, FailedReturn } from '../exit-game/bond-ledger.ts'
import type { Address, Hash, Wei } from '../plasma/units.ts'
import { mapBounded } from '../watcher/bounded.ts'
import { complete } from './complete.ts'
import { decodeExitGameLog, type DecodedLog } from './decode-log.ts'
import type { Deployment } from './deployment.ts'
import { createExitGameReader } from './exit-game.ts'
import { createLogReader } from './logs.ts'
import { type Node, RootChainUnavailableError } from './node.ts'
import { AT_ONCE, type PlacedLog, placeLogs } from './place-logs.ts'
import { createRootChain } from './root-chain.ts'
import { createCalls } from './sent-calls.ts'
import { address, hash, quantity } from './shapes.ts'
import type { Sources } from './sources.ts'

const payment = z.object({ hash, from: address, to: address.nullish(), value: quantity })

/**
 * Everything that the exit game has said about bonds, up to a block. A bond is what the transaction carried; of a call
 * through another contract, which may carry more, what the contract asks for now.
 *
 * @throws {@link RootChainUnavailableError}
 */
export async function readBondFacts(
  { node, deployment }: { node: Node; deployment: Deployment },
  to: bigint,
): Promise<{ facts: readonly BondFact[]; failed: readonly FailedReturn[] }> {
  const { framework, paymentExitGame: exitGame } = deployment
  const logs = await createLogReader(node)({ addresses: [exitGame], from: 0n, to })
  const placed = await placeLogs(node, logs)
  const { submittedBlock } = createRootChain({ node, deployment })
  const reader = createExitGameReader(node, deployment)
  const sources = { node, framework, exitGame, reader, submittedBlock, calls: createCalls(node) }
  const read = await mapBounded(placed, AT_ONCE, (each) => factOf(each, { sources, deployment }))
  return {
    facts: read.flatMap(({ fact }) => fact ?? []),
    failed: read.flatMap(({ failed }) => failed ?? []),
  }
}

type Reading = { fact?: BondFact; failed?: FailedReturn }

async function factOf(
  { log, at }: PlacedLog,
  { sources, deployment }: { sources: Sources; deployment: Deployment },
): Promise<Reading> {
  const decoded = decodeExitGameLog(log, at)
  if (decoded.is === 'notice') return failedReturn(decoded.notice, log.transactionHash)
  const event = await bondEvent(decoded, (incomplete) => complete({ event: incomplete, log }, sources))
  if (!event) return {}
  const { node, exitGame } = sources
  const { sender, value, isDirect } = await paymentOf(node, log.transactionHash, exitGame)
  return { fact: { event, sender, value: isDirect ? value : bondOf(event, deployment) } }
}

type Noticed = Extract<DecodedLog, { is: 'notice' }>['notice']

function failedReturn(notice: Noticed, txHash: Hash): Reading {
  return 'receiver' in notice && notice.type.endsWith('BondReturnFailed')
    ? { failed: { txHash, receiver: notice.receiver, amount: notice.amount } }
    : {}
}

type Incomplete = Extract<DecodedLog, { is: 'incomplete' }>['event']

/** A challenge says by itself who gets the bond; only a start has to be completed. */
async function bondEvent(
  decoded: DecodedLog,
  completed: (event: Incomplete) => ReturnType<typeof complete>,
): Promise<BondEvent | undefined> {
  if (decoded.is === 'incomplete')
    return decoded.event.type === 'InFlightExitChallenged' ? decoded.event : completed(decoded.event)
  if (decoded.is !== 'event') return undefined
  const { event } = decoded
  return event.type === 'DepositCreated' || event.type === 'BlockSubmitted' ? undefined : event
}

async function paymentOf(
  node: Node,
  txHash: Hash,
  exitGame: Address,
): Promise<{ sender: Address; value: Wei; isDirect: boolean }> {
  const sent = await node.ask('eth_getTransactionByHash', [txHash], payment.nullable())
  if (sent?.hash !== txHash) throw new RootChainUnavailableError('eth_getTransactionByHash', 'no such transaction')
  return { sender: sent.from, value: sent.value as Wei, isDirect: sent.to === exitGame }
}

function bondOf({ type }: BondEvent, { bonds }: Pick<Deployment, 'bonds'>): Wei {
  if (type === 'ExitStarted') return bonds.standardExit
  return type === 'InFlightExitStarted' ? bonds.inFlightExit : bonds.piggyback
}
