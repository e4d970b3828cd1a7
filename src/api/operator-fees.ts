import type { Address, Wei } from '../plasma/units.ts'
import { parseAddress } from '../plasma/units.ts'

/** What a transaction costs when it pays its fee in this token; `details` is the operator's whole entry. */
type Fee = { currency: Address; amount: Wei; details: Readonly<Record<string, unknown>> }

/** Fees by transaction type. */
export type FeeTable = ReadonlyMap<string, readonly Fee[]>

/** What the operator takes. A failed question is an answer too. */
export type Fees = () => Promise<{ ok: true; table: FeeTable } | { ok: false; reason: FeeFailure }>

type FeeFailure = 'childchain_unreachable' | 'unexpected_fee'

type Ports = {
  /** The operator's answer to `/fees.all`, whole; rejects when there is none. */
  ask: () => Promise<unknown>
  now: () => number
}

const FRESH_MS = 5_000

/**
 * Asks the operator what transactions cost, and remembers it for seconds: every payment that is made asks. What it
 * says is checked; nothing it says makes this throw.
 */
export function createFees({ ask, now }: Ports): Fees {
  let last: { at: number; answer: ReturnType<Fees> } | undefined
  const read: Fees = async () => {
    try {
      const table = parseTable(dataOf(await ask()))
      return table ? { ok: true, table } : { ok: false, reason: 'unexpected_fee' }
    } catch {
      return { ok: false, reason: 'childchain_unreachable' }
    }
  }
  return async () => {
    if (last && now() - last.at < FRESH_MS) return last.answer
    const asked = { at: now(), answer: read() }
    last = asked
    const answer = await asked.answer
    // A failure may be over the next moment.
    if (!answer.ok && last === asked) last = undefined
    return answer
  }
}

function dataOf(answer: unknown): unknown {
  return isRecord(answer) && answer['success'] === true ? answer['data'] : undefined
}

function parseTable(data: unknown): FeeTable | undefined {
  if (!isRecord(data)) return undefined
  const table = new Map<string, Fee[]>()
  for (const [type, entries] of Object.entries(data)) {
    if (!Array.isArray(entries)) return undefined
    const fees = entries.map(parseFee)
    if (fees.includes(undefined)) return undefined
    table.set(
      type,
      fees.filter((fee) => fee !== undefined),
    )
  }
  return table
}

function parseFee(entry: unknown): Fee | undefined {
  if (!isRecord(entry) || typeof entry['currency'] !== 'string') return undefined
  const currency = parseAddress(entry['currency'])
  const { amount } = entry
  if (!currency || typeof amount !== 'bigint' || amount < 0n || amount >= 2n ** 256n) return undefined
  return { currency, amount: amount as Wei, details: { ...entry, currency } }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
