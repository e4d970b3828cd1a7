import { decodeFunctionData } from 'viem'
import { setTimeout as pause } from 'node:timers/promises'
import type { Hex } from '../../src/lib/bytes.ts'
import type { Address } from '../../src/plasma/units.ts'
import { actorAbi } from '../actor-abi.ts'
import type { Receipt, RootChainClient } from '../wallet.ts'
import type { Child, LogLine } from './child.ts'
import type { HeadClock } from './head-clock.ts'
import { type Answer, expectEqual, type Findings, NotAsToldError } from './scenario.ts'

/** What a story expects of the guard. */
export type Guard = {
  address: Address
  /** Resolves when the guard emits the event about the log of this receipt. */
  untilEvent: (event: string, cause: Receipt) => Promise<void>
  /** Resolves when the guard's next call of this function is mined, and has not failed. */
  untilAnswered: (functionName: string) => Promise<Receipt>
  /** Resolves when the guard has handed in its next transaction that calls this function, mined or not. */
  untilSent: (functionName: string) => Promise<Hex>
  /** Resolves when the guard logs how an answer ended. */
  untilOutcome: (purpose: string, outcome: string) => Promise<LogLine>
  /** Resolves when a warning (or worse) speaks of one of these. */
  untilWarned: (...about: readonly string[]) => Promise<LogLine>
  /** How many warnings speak of one of these. */
  warnings: (...about: readonly string[]) => number
  /** Keys of the events that it has emitted. */
  events: () => readonly string[]
  /** Checks that these functions are all that the guard has ever called, in any order, failed calls included. */
  hasSentOnly: (...functionNames: readonly string[]) => Promise<void>
  /** Checks what the guard has won since the start, gas aside. */
  hasEarned: (wei: bigint) => Promise<void>
  findings: () => Promise<Findings>
}

type Parts = { address: Address; process: () => Child; client: RootChainClient; clock: HeadClock; signal: AbortSignal }

const LOOK_EVERY_MS = 50

export async function createGuard({ address, process, client, clock, signal }: Parts): Promise<Guard> {
  const atStart = await client.getBalance({ address })
  /** Sent, as far as the story has waited for it. */
  const claimed = new Set<Hex>()
  /** Mined, likewise. */
  const settled = new Set<Hex>()
  const detections: number[] = []
  const responses: number[] = []
  let lastEvent: LogLine | undefined

  async function untilEvent(event: string, cause: Receipt): Promise<void> {
    const isIt = (line: LogLine) =>
      line.msg === 'event emitted' &&
      line['event'] === event &&
      String(line['occurrence']).startsWith(cause.transactionHash)
    lastEvent = await process().until(isIt, `the event ${event}`)
    const served = clock.servedAt(cause.blockNumber)
    if (served !== undefined && lastEvent.time !== undefined) detections.push(Math.max(0, lastEvent.time - served))
  }

  async function untilSent(functionName: string): Promise<Hex> {
    const isNew = (line: LogLine) =>
      line.msg === 'transaction sent' && line['purpose'] === functionName && !claimed.has(hashOf(line))
    const sent = await process().until(isNew, `the guard to call ${functionName}`)
    const hash = hashOf(sent)
    claimed.add(hash)
    if (sent.time !== undefined && lastEvent?.time !== undefined)
      responses.push(Math.max(0, sent.time - lastEvent.time))
    return hash
  }

  /** A transaction that was replaced by a better paid one is never mined: the next one is. */
  async function untilAnswered(functionName: string): Promise<Receipt> {
    await untilSent(functionName)
    while (!signal.aborted) {
      for (const line of linesOf('transaction sent')) {
        const hash = hashOf(line)
        if (line['purpose'] !== functionName || settled.has(hash)) continue
        const receipt = await client.getTransactionReceipt({ hash }).catch(() => undefined)
        if (!receipt) continue
        settled.add(hash)
        expectEqual(`${functionName} ${hash}`, receipt.status, 'success')
        return receipt
      }
      await pause(LOOK_EVERY_MS)
    }
    throw new NotAsToldError(`${functionName} was sent, but not mined.`)
  }

  const linesOf = (msg: string) => process().lines.filter((line) => line.msg === msg)

  /** Everything that the chain holds of the guard's, found by its log and complete by its nonce. */
  async function mined(): Promise<readonly { receipt: Receipt; answer: Answer }[]> {
    const hashes = [...new Set(linesOf('transaction sent').map(hashOf))]
    const found = await Promise.all(hashes.map((hash) => readAnswer(client, hash)))
    const answers = found.filter((each) => each !== undefined)
    const nonce = await client.getTransactionCount({ address })
    expectEqual('transactions of the guard that its log names', answers.length, nonce)
    return answers
  }

  return {
    address,
    untilEvent,
    untilSent,
    untilAnswered,
    untilOutcome: (purpose, outcome) =>
      process().until(
        (line) => line.msg === 'answer ended' && line['purpose'] === purpose && line['outcome'] === outcome,
        `${purpose} to end as ${outcome}`,
      ),
    untilWarned: (...about) => process().until((line) => warnsOf(line, about), `a warning about ${about.join(' or ')}`),
    warnings: (...about) => process().lines.filter((line) => warnsOf(line, about)).length,
    events: () => linesOf('event emitted').map((line) => String(line['event'])),
    hasSentOnly: async (...functionNames) => {
      const names = (await mined()).map(({ answer }) => answer.function)
      expectEqual('what the guard called', names.sort(), [...functionNames].sort())
      expectEqual(
        'transactions of the guard',
        await client.getTransactionCount({ address, blockTag: 'pending' }),
        names.length,
      )
    },
    hasEarned: async (wei) => {
      const spent = (await mined()).reduce((sum, { receipt }) => sum + receipt.gasUsed * receipt.effectiveGasPrice, 0n)
      expectEqual('wei won by the guard', (await client.getBalance({ address })) + spent - atStart, wei)
    },
    findings: async () => ({
      answers: (await mined()).map(({ answer }) => answer),
      ...(detections.length > 0 && { detectMs: Math.max(...detections) }),
      ...(responses.length > 0 && { respondMs: Math.max(...responses) }),
    }),
  }
}

function hashOf(line: LogLine): Hex {
  return String(line['txHash']) as Hex
}

function warnsOf(line: LogLine, about: readonly string[]): boolean {
  const { level } = line
  if (level !== 'warn' && level !== 'error' && level !== 'fatal') return false
  const text = JSON.stringify(line)
  return about.some((each) => text.includes(each))
}

async function readAnswer(
  client: RootChainClient,
  hash: Hex,
): Promise<{ receipt: Receipt; answer: Answer } | undefined> {
  const receipt = await client.getTransactionReceipt({ hash }).catch(() => undefined)
  if (!receipt) return undefined
  const { input } = await client.getTransaction({ hash })
  const answer = { function: nameOf(input), txHash: hash, gasUsed: Number(receipt.gasUsed) }
  return { receipt, answer }
}

function nameOf(input: Hex): string {
  try {
    return decodeFunctionData({ abi: actorAbi, data: input }).functionName
  } catch {
    return input.slice(0, 10)
  }
}
