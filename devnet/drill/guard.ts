import { setTimeout as pause } from 'node:timers/promises'
import type { Hex } from '../../src/lib/bytes.ts'
import type { Receipt, RootChainClient } from '../wallet.ts'
import type { Child } from './child.ts'
import type { GuardAccount } from './guard-account.ts'
import type { HeadClock } from './head-clock.ts'
import type { LogLine } from './log-lines.ts'
import { expectEqual, type Findings } from './scenario.ts'

/** What a story expects of the guard. */
export type Guard = {
  /** Resolves when the guard emits the event about the log of this receipt. `since`: the block that made it true, if a later one. */
  untilEvent: (event: string, cause: Receipt, since?: bigint) => Promise<void>
  /** Resolves when the guard has handed in its next transaction that calls this function, mined or not. */
  untilSent: (functionName: string) => Promise<Hex>
  /** Resolves when the guard's next call of this function is mined. Throws when it failed. */
  untilAnswered: (functionName: string) => Promise<Receipt>
  /** Resolves when the guard logs that the answer has ended so. */
  untilOutcome: (functionName: string, outcome: string) => Promise<void>
  /** Resolves when a warning, or worse, speaks of one of these. */
  untilWarned: (...about: readonly string[]) => Promise<void>
  /** How many warnings speak of one of these. */
  warnings: (...about: readonly string[]) => number
  /** Keys of the events that it has emitted. */
  events: () => readonly string[]
  /** Checks that these are the events that it has emitted, in any order, and each as often as it likes. */
  hasEmittedOnly: (...events: readonly string[]) => void
  /** Checks that these calls are all that the guard has ever sent, in any order, failed ones included. */
  hasSentOnly: (...functionNames: readonly string[]) => Promise<void>
  /** Checks what the guard has won since the start, gas aside. */
  hasEarned: (wei: bigint) => Promise<void>
  /** All that it has logged, for whoever measures. */
  log: () => Pick<Child, 'lines' | 'until'>
  findings: () => Promise<Findings>
}

type Parts = {
  process: () => Child
  account: () => GuardAccount
  client: RootChainClient
  clock: HeadClock
  signal: AbortSignal
}

const LOOK_EVERY_MS = 50

export function createGuard(parts: Parts): Guard {
  const { process, account } = parts
  const linesOf = (msg: string) => process().lines.filter((line) => line.msg === msg)
  const events = () => linesOf('event emitted').map((line) => String(line['event']))
  const mined = () => account().mined(linesOf('transaction sent').map(hashOf))
  const spans = { detect: [] as number[], respond: [] as number[] }
  return {
    ...waits(parts, spans),
    log: process,
    untilOutcome: async (functionName, outcome) => {
      const isIt = (line: LogLine) => line['purpose'] === functionName && line['outcome'] === outcome
      await process().until((line) => line.msg === 'answer ended' && isIt(line), `${functionName} to end as ${outcome}`)
    },
    untilWarned: async (...about) => {
      await process().until((line) => warnsOf(line, about), `a warning about ${about.join(' or ')}`)
    },
    warnings: (...about) => process().lines.filter((line) => warnsOf(line, about)).length,
    events,
    hasEmittedOnly: (...expected) => {
      expectEqual('events of the guard', [...new Set(events())].sort(), [...expected].sort())
    },
    hasSentOnly: async (...functionNames) => {
      const names = (await mined()).map(({ answer }) => answer.function)
      expectEqual('what the guard called', names.sort(), [...functionNames].sort())
      expectEqual('transactions of the guard', await account().transactions(), names.length)
    },
    hasEarned: async (wei) => {
      expectEqual('wei won by the guard', await account().earned(await mined()), wei)
    },
    findings: async () => ({
      answers: (await mined()).map(({ answer }) => answer),
      ...(spans.detect.length > 0 && { detectMs: Math.max(...spans.detect) }),
      ...(spans.respond.length > 0 && { respondMs: Math.max(...spans.respond) }),
    }),
  }
}

function waits({ process, client, clock, signal }: Parts, spans: { detect: number[]; respond: number[] }) {
  /** Sent, as far as the story has waited for it. */
  const claimed = new Set<Hex>()
  /** Mined, likewise. */
  const settled = new Set<Hex>()
  let emittedAt: number | undefined

  async function untilEvent(event: string, cause: Receipt, since = cause.blockNumber): Promise<void> {
    const isIt = (line: LogLine) =>
      line['event'] === event && String(line['occurrence']).startsWith(cause.transactionHash)
    const line = await process().until((each) => each.msg === 'event emitted' && isIt(each), `the event ${event}`)
    const served = clock.servedAt(since)
    emittedAt = line.time
    if (served !== undefined && emittedAt !== undefined) spans.detect.push(Math.max(0, emittedAt - served))
  }

  async function untilSent(functionName: string): Promise<Hex> {
    const isNew = (line: LogLine) => line['purpose'] === functionName && !claimed.has(hashOf(line))
    const what = `the guard to call ${functionName}`
    const line = await process().until((each) => each.msg === 'transaction sent' && isNew(each), what)
    claimed.add(hashOf(line))
    if (line.time !== undefined && emittedAt !== undefined) spans.respond.push(Math.max(0, line.time - emittedAt))
    return hashOf(line)
  }

  /** A transaction that a better paid one replaces is never mined: any call of the function will do. */
  async function untilAnswered(functionName: string): Promise<Receipt> {
    await untilSent(functionName)
    for (;;) {
      signal.throwIfAborted()
      const calls = process().lines.filter(
        (line) => line.msg === 'transaction sent' && line['purpose'] === functionName,
      )
      for (const hash of calls.map(hashOf).filter((each) => !settled.has(each))) {
        const receipt = await client.getTransactionReceipt({ hash }).catch(() => undefined)
        if (!receipt) continue
        settled.add(hash)
        expectEqual(`${functionName} ${hash}`, receipt.status, 'success')
        return receipt
      }
      await pause(LOOK_EVERY_MS)
    }
  }

  return { untilEvent, untilSent, untilAnswered }
}

function hashOf(line: LogLine): Hex {
  return String(line['txHash']) as Hex
}

/** An alarm says how bad it is in the place of the level of its line. */
const WARNING: ReadonlySet<string> = new Set(['warn', 'error', 'fatal', 'warning', 'critical'])

function warnsOf(line: LogLine, about: readonly string[]): boolean {
  if (!WARNING.has(String(line['level']))) return false
  const words = new Set(JSON.stringify(line).split(/[^0-9A-Za-z]+/))
  return about.some((each) => words.has(each))
}
