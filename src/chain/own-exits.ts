import { padHex } from 'viem'
import type { Condition } from '../exit-game/condition.ts'
import type { At } from '../exit-game/contract-event.ts'
import type { Head } from '../watcher/root-chain.ts'
import { lastOfPhaseOne } from '../exit-game/deadlines.ts'
import { isMarked } from '../exit-game/contract-piece.ts'
import { vaultOf } from '../exit-game/vault.ts'
import { decodeUtxoPos } from '../plasma/position.ts'
import { decodeTransaction } from '../plasma/transaction.ts'
import type { Address, Hash, Timestamp } from '../plasma/units.ts'
import { decodeExitGameLog } from './decode-log.ts'
import type { Deployment } from './deployment.ts'
import { createExitGameReader, type ExitGameReader, type InFlightExitState, type WithdrawData } from './exit-game.ts'
import { createExitQueueReader } from './exit-queue.ts'
import { createLogPlacer } from './log-placer.ts'
import { createLogReader } from './logs.ts'
import { createLogTail } from './log-tail.ts'
import { createLocator, type Locator } from './locator.ts'
import type { Node } from './node.ts'
import type { createRootChain } from './root-chain.ts'

/** What can be fetched home at a head: payments and bonds of our own exits. */
export type OwnExits = (head: Head) => Promise<readonly Condition[]>

type Setup = {
  node: Node
  deployment: Deployment
  rootChain: Pick<ReturnType<typeof createRootChain>, 'events'>
  own: ReadonlySet<Address>
}

/**
 * Watches over our own exits by the contract's logs alone, for a guard that does not verify the chain: every log that
 * names an own account, as owner, initiator or challenger, names it in the same topic.
 */
export function createOwnExits({ node, deployment, rootChain, own }: Setup): OwnExits {
  const reader = createExitGameReader(node, deployment)
  const logs = createLogReader(node)
  const place = createLogPlacer(node)
  const addresses = [deployment.paymentExitGame]
  const tails = [...own].map((account) =>
    createLogTail(logs, { addresses, topics: [null, padHex(account, { size: 32 }) as Hash] }),
  )
  const payable = createPayable(createExitQueueReader(node, deployment))
  const tokenOf = createTokens(rootChain)
  const sources = { reader, locator: createLocator(node, deployment), payable, tokenOf, own, deployment }
  return async (head) => {
    const starts = new Map<bigint, At>()
    const inFlight = new Set<Hash>()
    for (const tail of tails) {
      for (const log of await tail(head.number)) {
        const decoded = decodeExitGameLog(log, await place(log))
        if (decoded.is !== 'event' && decoded.is !== 'incomplete') continue
        const { event } = decoded
        if (event.type === 'ExitStarted') starts.set(event.exitId, event)
        else if ('txHash' in event) inFlight.add(event.txHash)
      }
    }
    return [...(await standardExits(starts, head, sources)), ...(await inFlightExits(inFlight, head, sources))]
  }
}

type Sources = {
  reader: ExitGameReader
  locator: Locator
  payable: Payable
  tokenOf: Tokens
  own: ReadonlySet<Address>
  deployment: Deployment
}

async function standardExits(
  starts: ReadonlyMap<bigint, At>,
  head: Head,
  { reader, payable, tokenOf }: Sources,
): Promise<Condition[]> {
  const states = await reader.standardExits([...starts.keys()])
  const conditions: Condition[] = []
  for (const [index, [exitId, start]] of [...starts].entries()) {
    const state = states[index]
    const token = state?.exitable ? await tokenOf(exitId, start) : undefined
    if (!state || token === undefined) continue
    if (!(await payable({ exitId, start, token }, head))) continue
    const payees = [state.exitTarget]
    conditions.push({ type: 'exit_processable', ...standing(start), exitId, vaultId: vaultOf(token), token, payees })
  }
  return conditions
}

async function inFlightExits(txHashes: ReadonlySet<Hash>, head: Head, sources: Sources): Promise<Condition[]> {
  const found = await Promise.all([...txHashes].map((txHash) => inFlightExit(txHash, head, sources)))
  return found.flat()
}

async function inFlightExit(txHash: Hash, head: Head, sources: Sources): Promise<Condition[]> {
  const { locator, payable, own, deployment } = sources
  const exit = await locator.inFlightExit(txHash)
  if (!exit) return []
  const { exitId, state } = exit
  const [start] = exit.history
  if (state.exitMap === 0n) {
    const deletable = head.timestamp > lastOfPhaseOne(state.exitStartTimestamp, deployment.minExitPeriod)
    const payees = [state.bondOwner]
    return deletable ? [{ type: 'bond_recoverable', ...standing(start), exitId, txHash, payees }] : []
  }
  const conditions: Condition[] = []
  for (const [token, owners] of claimants(state)) {
    const payees = [...owners, state.bondOwner]
    if (!payees.some((payee) => own.has(payee)) || !(await payable({ exitId, start, token }, head))) continue
    conditions.push({ type: 'exit_processable', ...standing(start), exitId, vaultId: vaultOf(token), token, payees })
  }
  return conditions
}

function standing({ occurrence, blockNumber }: At) {
  return { occurrence, ethHeight: blockNumber }
}

/** Who has piggybacked something of each token. */
function claimants({ exitMap, inputs, outputs }: InFlightExitState): ReadonlyMap<Address, Address[]> {
  const claimed: WithdrawData[] = [
    ...inputs.filter((_, index) => isMarked(exitMap, { side: 'input', index })),
    ...outputs.filter((_, index) => isMarked(exitMap, { side: 'output', index })),
  ]
  const owners = new Map<Address, Address[]>()
  for (const { token, exitTarget } of claimed) owners.set(token, [...(owners.get(token) ?? []), exitTarget])
  return owners
}

type Payable = (place: { exitId: bigint; start: At; token: Address }, head: Head) => Promise<boolean>

/** Whether the time of an exit in its queue has passed; the queue is read until it shows the exit, whose time is fixed. */
function createPayable(readQueue: ReturnType<typeof createExitQueueReader>): Payable {
  const times = new Map<string, Timestamp>()
  return async ({ exitId, start, token }, { timestamp }) => {
    const name = [exitId, token, start.occurrence.txHash, start.occurrence.rank].join(':')
    if (!times.has(name)) {
      const entry = (await readQueue({ vaultId: vaultOf(token), token })).find((queued) => queued.exitId === exitId)
      if (entry) times.set(name, entry.exitableAt)
    }
    const exitableAt = times.get(name)
    return exitableAt !== undefined && timestamp > exitableAt
  }
}

type Tokens = (exitId: bigint, start: At) => Promise<Address | undefined>

/** The token of a standard exit, which the contract does not tell: from the call that started it. */
function createTokens({ events }: Setup['rootChain']): Tokens {
  const tokens = new Map<string, Address>()
  return async (exitId, { blockNumber, occurrence }) => {
    const name = [exitId, occurrence.txHash, occurrence.rank].join(':')
    const known = tokens.get(name)
    if (known) return known
    const { events: found } = await events(blockNumber, blockNumber)
    for (const event of found) {
      if (event.type !== 'ExitStarted' || event.exitId !== exitId) continue
      const decoded = decodeTransaction(event.outputTx)
      const output = decoded.ok ? decoded.value.outputs[decodeUtxoPos(event.utxoPos).outputIndex] : undefined
      if (output) tokens.set(name, output.currency)
    }
    return tokens.get(name)
  }
}
