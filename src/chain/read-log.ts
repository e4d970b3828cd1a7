import { type Abi, type ContractEventName, decodeEventLog, type DecodeEventLogReturnType, toEventSelector } from 'viem'
import type { Hex } from '../lib/bytes.ts'
import { exitGameAbi, frameworkAbi, vaultAbi } from './abi.ts'
import type { LogEntry } from './shapes.ts'

const ledgerAbi = [...frameworkAbi, ...vaultAbi] as const

/** A log by its name, with typed arguments. `other`: no event of ours; `unreadable`: it only looks like one. */
type ReadLog<A extends Abi> = DecodeEventLogReturnType<A, ContractEventName<A>> | 'other' | 'unreadable'

export type ExitGameLog = Exclude<ReadLog<typeof exitGameAbi>, string>
export type LedgerLog = Exclude<ReadLog<typeof ledgerAbi>, string>

/** Never throws. */
export function readExitGameLog(log: LogEntry): ReadLog<typeof exitGameAbi> {
  return readLog(ofExitGame, log)
}

/** Of the framework or of a vault. Never throws. */
export function readLedgerLog(log: LogEntry): ReadLog<typeof ledgerAbi> {
  return readLog(ofLedger, log)
}

/** The first topics of everything that we read. */
export function knownSelectors(): ReadonlySet<Hex> {
  return new Set([...ofExitGame.selectors, ...ofLedger.selectors])
}

function readLog<const A extends Abi>(
  { abi, selectors }: { abi: A; selectors: ReadonlySet<Hex> },
  { topics, data }: LogEntry,
): ReadLog<A> {
  const [selector, ...rest] = topics
  if (!selector || !selectors.has(selector)) return 'other'
  try {
    return decodeEventLog({ abi, topics: [selector, ...rest], data, strict: true } as never)
  } catch {
    return 'unreadable'
  }
}

function speaking<const A extends Abi>(abi: A): { abi: A; selectors: ReadonlySet<Hex> } {
  const events = abi.filter((item) => item.type === 'event')
  return { abi, selectors: new Set(events.map((event) => toEventSelector(event))) }
}

const ofExitGame = speaking(exitGameAbi)
const ofLedger = speaking(ledgerAbi)
