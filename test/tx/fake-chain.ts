import Sqlite from 'better-sqlite3'
import { setImmediate as turn } from 'node:timers/promises'
import type { Alarm } from '../../src/lib/alarm.ts'
import type { AuditNote } from '../../src/lib/audit.ts'
import { GuardError } from '../../src/lib/errors.ts'
import type { Logger } from '../../src/lib/logger.ts'
import type { Hex } from '../../src/lib/bytes.ts'
import type { Address, Timestamp, Wei } from '../../src/plasma/units.ts'
import type { Account, Call, ChainAccess, Receipt, Reception, Unsigned } from '../../src/tx/chain-access.ts'
import { readAudit } from '../../src/store/audit.ts'
import { createIntentStore } from '../../src/store/intents.ts'
import type { IntentStore } from '../../src/tx/intent.ts'
import type { Policy, Ports } from '../../src/tx/ports.ts'

type Signed = Unsigned & { from: Address; raw: Hex; txHash: Hex }

class NodeGoneError extends GuardError {
  override readonly code = 'NODE_GONE'
  override readonly retryable = true
}

/** A root chain in memory, with one node. Its fields are there to be changed by a story. */
export type FakeChain = ChainAccess & {
  height: bigint
  baseFee: bigint
  /** Whether blocks take transactions in. */
  mining: boolean
  /** What a miner asks for per gas at least, on top of the base fee. */
  leastTip: bigint
  /** How many transactions a block holds. */
  room: number
  /** The newest block that is final, where the node says so. */
  final: bigint | undefined
  gone: boolean
  balances: Map<Address, bigint>
  pool: Signed[]
  mined: (Signed & { receipt: Receipt })[]
  /** What the contract says to a call: its reason to refuse, or nothing. */
  refuses: (call: Pick<Call, 'data'>) => string | undefined
  /** Runs when a transaction takes effect. */
  effect: (call: Pick<Call, 'data'>) => void
  /** Answers instead of the node's own judgement, once for each entry. */
  receptions: (Reception | 'gone, but it took it' | 'gone')[]
  broadcasts: Signed[]
  mine: () => void
}

export const account = (digit: string): Account => {
  const address = `0x${digit.repeat(40)}` as Address
  return {
    address,
    signTransaction: async (transaction) => {
      const text = JSON.stringify({ ...transaction, from: address }, (_, value: unknown) =>
        typeof value === 'bigint' ? `${value}n` : value,
      )
      const raw: Hex = `0x${Buffer.from(text).toString('hex')}`
      return { raw, txHash: `0x${hash(text)}` }
    },
  }
}

export function fakeChain(): FakeChain {
  const chain: FakeChain = {
    height: 100n,
    baseFee: 10n,
    mining: true,
    leastTip: 0n,
    room: 1_000,
    final: undefined,
    gone: false,
    balances: new Map(),
    pool: [],
    mined: [],
    refuses: () => undefined,
    effect: () => undefined,
    receptions: [],
    broadcasts: [],
    head: asking(() => ({
      number: chain.height,
      timestamp: (1_000n + chain.height) as Timestamp,
      baseFee: chain.baseFee as Wei,
      tip: 2n as Wei,
      urgentTip: 4n as Wei,
      rising: false,
    })),
    finalized: asking(() => chain.final),
    nonces: asking((address: Address) => {
      const count = minedCount(chain, address)
      let known = count
      while (chain.pool.some(({ from, nonce }) => from === address && nonce === known)) known++
      return { mined: count, known }
    }),
    balance: asking((address: Address) => (chain.balances.get(address) ?? 10n ** 30n) as Wei),
    tryCall: asking((call: Call) => {
      if ((chain.balances.get(call.from) ?? 10n ** 30n) < call.value) return { ok: false, why: 'insufficient_funds' }
      const reason = chain.refuses(call)
      return reason === undefined ? { ok: true, gas: 100n } : { ok: false, why: 'reverted', reason }
    }),
    broadcast: asking((raw: Hex) => receive(chain, unpack(raw))),
    receipt: asking((hashes: readonly Hex[]) => chain.mined.find(({ txHash }) => hashes.includes(txHash))?.receipt),
    mine: () => {
      mine(chain)
    },
  }
  function asking<Args extends unknown[], Result>(answer: (...args: Args) => Result) {
    return async (...args: Args): Promise<Result> => {
      await turn()
      if (chain.gone) throw new NodeGoneError('The node is gone.')
      return answer(...args)
    }
  }
  return chain
}

function minedCount(chain: FakeChain, address: Address): number {
  return chain.mined.filter(({ from }) => from === address).length
}

function receive(chain: FakeChain, signed: Signed): Reception {
  chain.broadcasts.push(signed)
  const scripted = chain.receptions.shift()
  if (scripted === 'gone') throw new NodeGoneError('The node is gone.')
  if (scripted && scripted !== 'gone, but it took it') return scripted
  const reception = judge(chain, signed)
  if (scripted) throw new NodeGoneError('The node is gone.')
  return reception
}

function judge(chain: FakeChain, signed: Signed): Reception {
  const { from, nonce, maxFeePerGas, txHash, value, gas } = signed
  if (chain.pool.some((other) => other.txHash === txHash)) return { ok: true }
  if (nonce < minedCount(chain, from)) return { ok: false, why: 'nonce_too_low' }
  if ((chain.balances.get(from) ?? 10n ** 30n) < value + gas * maxFeePerGas)
    return { ok: false, why: 'insufficient_funds' }
  const rival = chain.pool.find((other) => other.from === from && other.nonce === nonce)
  if (rival && maxFeePerGas * 10n < rival.maxFeePerGas * 11n) return { ok: false, why: 'nonce_taken' }
  chain.pool = [...chain.pool.filter((other) => other !== rival), signed]
  return { ok: true }
}

function mine(chain: FakeChain): void {
  chain.height++
  if (!chain.mining) return
  for (let room = chain.room; room > 0; room--) {
    const next = chain.pool.find(
      ({ from, nonce, maxFeePerGas, maxPriorityFeePerGas }) =>
        nonce === minedCount(chain, from) && maxFeePerGas >= chain.baseFee && maxPriorityFeePerGas >= chain.leastTip,
    )
    if (!next) return
    chain.pool = chain.pool.filter((other) => other !== next)
    const status = next.data === '0x' || chain.refuses(next) === undefined ? 'success' : 'reverted'
    const fee = (next.gas * chain.baseFee) as Wei
    chain.mined.push({ ...next, receipt: { txHash: next.txHash, status, blockNumber: chain.height, fee } })
    if (status === 'success') chain.effect(next)
  }
}

function unpack(raw: Hex): Signed {
  const text = Buffer.from(raw.slice(2), 'hex').toString()
  const fields = JSON.parse(text, (_, value: unknown) =>
    typeof value === 'string' && /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
  ) as Signed
  return { ...fields, raw, txHash: `0x${hash(text)}` }
}

function hash(text: string): string {
  let state = 7n
  for (const char of text) state = (state * 1_099_511_628_211n + BigInt(char.charCodeAt(0))) % 2n ** 256n
  return state.toString(16).padStart(64, '0')
}

/** The real journal, in memory; given the same database it is that of another life of the program. */
export function memoryStore(database = new Sqlite(':memory:')): IntentStore & { notes: () => AuditNote[] } {
  return { ...createIntentStore(database), notes: () => [...readAudit(database)] }
}

/** Every sentence that was said, with its facts. */
export function listening(): Logger & { said: { sentence: string; facts: Record<string, unknown> }[] } {
  const said: { sentence: string; facts: Record<string, unknown> }[] = []
  const hear = (facts: Record<string, unknown>, sentence: string) => {
    said.push({ sentence, facts })
  }
  return { said, debug: hear, info: hear, warn: hear, error: hear }
}

export const policy: Policy = {
  chainId: 1n,
  confirmations: 2,
  stuckAfterBlocks: 3,
  pollMs: 1,
  finalAfterBlocks: 10,
  maxFee: 10_000n as Wei,
  floorFee: 10n as Wei,
  stakeShare: 50n,
  gasPerDay: (10n ** 30n) as Wei,
  lockedBonds: (10n ** 30n) as Wei,
  bondSeconds: 1_000n,
}

/** A world in which each wait of anybody makes a block. */
export function world(
  chain: FakeChain,
  store: IntentStore = memoryStore(),
): Ports & { log: ReturnType<typeof listening>; alarms: Alarm[] } {
  const alarms: Alarm[] = []
  return {
    alarms,
    raise: async (alarm) => {
      alarms.push(alarm)
    },
    chain,
    store,
    accounts: [account('a'), account('b')],
    log: listening(),
    sleep: async () => {
      await turn()
      chain.mine()
    },
  }
}
