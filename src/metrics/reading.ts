import { Gauge, type Registry } from 'prom-client'

/** How the guard stands at one moment. What is not known is absent, and its metric has no value then. */
export type Reading = {
  /** `left`: chain seconds to the last safe one, where there is one. */
  obligations?: readonly { event: string; state: string; left?: bigint }[]
  /** By way of seeing. */
  blind: Readonly<Record<string, boolean>>
  ready: boolean
  paused: boolean
  rootChain?: { height: bigint; judged?: bigint }
  childChain?: { submitted?: bigint; verified?: bigint; byzantine: boolean }
  /** Transactions that wait to be mined. */
  pending?: number
  /** Wei by account. */
  balances?: Readonly<Record<string, bigint>>
  /** Wei of ours that lie in the contracts as bonds, and that were won from others. */
  bonds?: { locked: bigint; won: bigint }
  /** By file of the data directory. */
  storeBytes?: Readonly<Record<string, number>>
}

/** Child blocks are numbered in steps of this. */
const CHILD_BLOCK_INTERVAL = 1_000

const table = {
  obligations: ['plasma_guard_obligations', 'What is true now and asks for an answer, by event and state.'],
  left: [
    'plasma_guard_obligation_left_seconds',
    'Chain seconds left of the most urgent obligation; negative when it is late.',
  ],
  blind: ['plasma_guard_blind', '1 while this way of seeing sees nothing.'],
  ready: ['plasma_guard_ready', '1 while the guard can see and answer.'],
  paused: ['plasma_guard_paused', '1 while a person has paused the guard, or drains it.'],
  height: ['plasma_guard_root_chain_height_blocks', 'Newest root chain block of the node.'],
  judged: ['plasma_guard_root_chain_judged_height_blocks', 'Newest root chain block at which the guard has judged.'],
  lag: ['plasma_guard_root_chain_lag_blocks', 'Root chain blocks that are not judged yet.'],
  submitted: ['plasma_guard_child_chain_submitted_block', 'Number of the newest child block that was submitted.'],
  verified: [
    'plasma_guard_child_chain_verified_block',
    'Number of the newest child block that the guard has verified.',
  ],
  childLag: ['plasma_guard_child_chain_lag_blocks', 'Child blocks that were submitted and are not verified.'],
  byzantine: ['plasma_guard_child_chain_byzantine', '1 when a child block is invalid or withheld.'],
  pending: ['plasma_guard_transactions_pending', 'Transactions of ours that wait to be mined.'],
  balance: ['plasma_guard_account_balance_wei', 'What an account of the guard owns.'],
  locked: ['plasma_guard_bonds_locked_wei', 'Bonds of ours that lie in the contracts.'],
  won: ['plasma_guard_bonds_won_wei', 'Bonds of others that answers of ours have won.'],
  storeBytes: ['plasma_guard_store_size_bytes', 'Size of a file of the data directory.'],
} as const

type Name = keyof typeof table

const labels: Partial<Record<Name, readonly string[]>> = {
  obligations: ['event', 'state'],
  blind: ['source'],
  balance: ['account'],
  storeBytes: ['file'],
}

/** Makes the gauges; the function that it returns sets all of them to what one reading says. */
export function createGauges(register: Registry): (reading: Reading) => void {
  const gauges = new Map(
    Object.entries(table).map(([key, [name, help]]) => [
      key,
      new Gauge({ name, help, labelNames: [...(labels[key as Name] ?? [])], registers: [register] }),
    ]),
  )
  return (reading) => {
    for (const gauge of gauges.values()) gauge.reset()
    // A gauge without labels is 0 after a reset, which would say something that nobody knows.
    for (const [key, gauge] of gauges) if (!labels[key as Name]) gauge.remove()
    for (const [key, values] of samplesOf(reading)) {
      for (const [label, value] of values) gauges.get(key)?.set(label, Number(value))
    }
  }
}

type Samples = [Name, [label: Record<string, string>, value: number | bigint | boolean][]]

function samplesOf(reading: Reading): Samples[] {
  const { blind, ready, paused, pending, bonds } = reading
  return [
    ...obligationSamples(reading.obligations ?? []),
    ['blind', Object.entries(blind).map(([source, is]) => [{ source }, is])],
    ...one('ready', ready),
    ...one('paused', paused),
    ...rootChainSamples(reading.rootChain),
    ...childChainSamples(reading.childChain),
    ...one('pending', pending),
    ['balance', Object.entries(reading.balances ?? {}).map(([account, wei]) => [{ account }, wei])],
    ...one('locked', bonds?.locked),
    ...one('won', bonds?.won),
    ['storeBytes', Object.entries(reading.storeBytes ?? {}).map(([file, bytes]) => [{ file }, bytes])],
  ]
}

function one(name: Name, value: number | bigint | boolean | undefined): Samples[] {
  return value === undefined ? [] : [[name, [[{}, value]]]]
}

function obligationSamples(obligations: NonNullable<Reading['obligations']>): Samples[] {
  const counts = new Map<string, [Record<string, string>, number]>()
  for (const { event, state } of obligations) {
    const key = `${event} ${state}`
    counts.set(key, [{ event, state }, (counts.get(key)?.[1] ?? 0) + 1])
  }
  const urgent = obligations
    .filter(({ state }) => state === 'waiting' || state === 'answering' || state === 'overdue')
    .flatMap(({ left }) => left ?? [])
  const least = urgent.reduce<bigint | undefined>(
    (min, left) => (min === undefined || left < min ? left : min),
    undefined,
  )
  return [['obligations', [...counts.values()]], ...one('left', least)]
}

function rootChainSamples(chain: Reading['rootChain']): Samples[] {
  if (!chain) return []
  const { height, judged } = chain
  const lag = judged === undefined ? undefined : height > judged ? height - judged : 0n
  return [...one('height', height), ...one('judged', judged), ...one('lag', lag)]
}

function childChainSamples(chain: Reading['childChain']): Samples[] {
  if (!chain) return []
  const { submitted, verified, byzantine } = chain
  const behind = submitted === undefined ? undefined : Number(submitted - (verified ?? 0n)) / CHILD_BLOCK_INTERVAL
  return [
    ...one('submitted', submitted),
    ...one('verified', verified),
    ...one('childLag', behind === undefined ? undefined : Math.max(0, Math.floor(behind))),
    ...one('byzantine', byzantine),
  ]
}
