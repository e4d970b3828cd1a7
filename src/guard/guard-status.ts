import type { Standing } from '../events/board.ts'
import type { Alarm } from '../lib/alarm.ts'
import { GuardError } from '../lib/errors.ts'
import type { Address } from '../plasma/units.ts'
import type { SentTransaction } from '../store/sent-transactions.ts'
import type { Head } from '../watcher/root-chain.ts'
import type { Snapshot } from '../watcher/snapshot.ts'
import type { Obligation } from './obligations.ts'

/** How the guard stands, for people and for other programs: JSON without null, big numbers as decimal strings. */
export type GuardStatus = {
  mode: string
  /** Whether answers are begun: open, paused or draining. */
  gate: string
  accounts: string[]
  root_chain: {
    chain_id: string
    framework: string
    /** Absent while the node does not answer. */
    height?: string
    /** Time of that block; every deadline is measured by it. */
    timestamp?: string
    /** The newest block that anybody has judged. */
    judged_height?: string
    /** Blocks between the two. */
    lag?: string
  }
  /** Of our own verification, where there is one. */
  child_chain?: { validated_blknum?: string; mined_blknum?: string; bad_since_blknum?: string }
  leaving: { allowed: boolean; because?: string }
  /** Who does not see, in the words of the alarm. */
  blind: string[]
  obligations: ObligationStatus[]
  transactions: TransactionStatus[]
  alarms: AlarmStatus[]
}

export type ObligationStatus = {
  event: string
  exit_id?: string
  blknum?: string
  side?: string
  index?: number
  token?: string
  occurrence: string
  since?: string
  deadline?: string
  seconds_left?: string
  stake?: string
  own: boolean
  attempts: number
  state: string
  reason?: string
  transactions: TransactionStatus[]
}

export type TransactionStatus = {
  purpose: string
  key: string
  account: string
  nonce: number
  tx_hash?: string
  under_way: boolean
  outcome?: string
  updated_at: string
}

type AlarmStatus = { kind: string; level: string; message: string }

type Ports = {
  mode: string
  gate: { state: () => { state: string } }
  own: ReadonlySet<Address>
  deployment: { chainId: bigint; framework: Address }
  head: () => Promise<Head>
  standing: () => Standing | undefined
  obligations: () => Promise<readonly Obligation[]>
  sent: () => readonly SentTransaction[]
  alarms: () => readonly Alarm[]
  snapshot: () => Snapshot | undefined
  /** Why this guard does not leave by itself. */
  refusal: string | undefined
}

/** Answers how the guard stands, from what is true now. */
export function createGuardStatus(ports: Ports): () => Promise<GuardStatus> {
  return async () => {
    const { refusal } = ports
    const snapshot = ports.snapshot()
    const alarms = ports.alarms()
    return {
      mode: ports.mode,
      gate: ports.gate.state().state,
      accounts: [...ports.own],
      root_chain: await rootChainStatus(ports),
      ...(snapshot && { child_chain: childChainStatus(snapshot) }),
      leaving: { allowed: refusal === undefined, ...(refusal === undefined ? {} : { because: refusal }) },
      blind: alarms.flatMap(({ kind, message }) => (kind === 'blind' ? [message] : [])),
      obligations: (await ports.obligations()).toSorted(byUrgency).map(obligationStatus),
      transactions: ports.sent().flatMap((each) => (each.underWay ? [transactionStatus(each)] : [])),
      alarms: alarms.map(({ kind, level, message }) => ({ kind, level, message })),
    }
  }
}

async function rootChainStatus({ deployment, head, standing }: Ports): Promise<GuardStatus['root_chain']> {
  const { chainId, framework } = deployment
  const [newest, judged] = [await headOrNone(head), standing()?.head]
  return {
    ...{ chain_id: chainId.toString(), framework },
    ...(newest && { height: newest.number.toString(), timestamp: newest.timestamp.toString() }),
    ...(judged && { judged_height: judged.number.toString() }),
    ...(newest && judged && { lag: (newest.number > judged.number ? newest.number - judged.number : 0n).toString() }),
  }
}

async function headOrNone(head: Ports['head']): Promise<Head | undefined> {
  try {
    return await head()
  } catch (error) {
    if (!(error instanceof GuardError)) throw error
    return undefined
  }
}

function childChainStatus({ childChain: { validated, mined, byzantineSince } }: Snapshot) {
  return {
    ...(validated && { validated_blknum: validated.blknum.toString() }),
    ...(mined && { mined_blknum: mined.blknum.toString() }),
    ...(byzantineSince && { bad_since_blknum: byzantineSince.blknum.toString() }),
  }
}

/** What ends first comes first; what ends never, last. */
function byUrgency({ deadline: one }: Obligation, { deadline: other }: Obligation): number {
  if (one === other) return 0
  if (one === undefined || other === undefined) return one === undefined ? 1 : -1
  return one < other ? -1 : 1
}

function obligationStatus(obligation: Obligation): ObligationStatus {
  const { event, side, index, token, occurrence, own, attempts, state, transactions } = obligation
  const { exitId, blknum, since, deadline, left, stake } = obligation
  return {
    ...{ event, occurrence, own, attempts, state, transactions: transactions.map(transactionStatus) },
    ...decimals({ exit_id: exitId, blknum, since, deadline, seconds_left: left, stake }),
    ...(side === undefined ? {} : { side }),
    ...(index === undefined ? {} : { index }),
    ...(token === undefined ? {} : { token }),
    ...(obligation.state === 'silent' ? { reason: obligation.reason } : {}),
  }
}

/** What is known of these, as decimal strings. */
function decimals<Name extends string>(fields: Record<Name, bigint | undefined>): { [Field in Name]?: string } {
  const known = Object.entries<bigint | undefined>(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(known.map(([name, value]) => [name, String(value)])) as { [Field in Name]?: string }
}

function transactionStatus(transaction: SentTransaction): TransactionStatus {
  const { purpose, key, account, nonce, txHashes, underWay, outcome, updatedAt } = transaction
  const newest = txHashes.at(-1)
  return {
    ...{ purpose, key, account, nonce, under_way: underWay, updated_at: updatedAt.toString() },
    ...(newest === undefined ? {} : { tx_hash: newest }),
    ...(outcome === undefined ? {} : { outcome }),
  }
}
