import { z } from 'zod'
import { toHex } from '../lib/bytes.ts'
import type { Operator, ServedBlock } from '../watcher/operator.ts'
import { parseBounded } from './bounded-json.ts'
import { parseEnvelope } from './envelope.ts'
import { HttpJsonError, methodUrl, postJson } from './http-json.ts'
import { hash, manyBytes } from './wire.ts'

/** `url`: the child chain API, with a path where it has one (`/v1`). */
export type OperatorOptions = { url: string; timeoutMs?: number; maxBlockBytes?: number }

/** The only number in it is far from what would be rounded; a larger one is no block's. */
const blknum = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).transform(BigInt)
const servedBlock = z.object({ hash, blknum, transactions: manyBytes })

const TIMEOUT_MS = 30_000
/** A full block of the largest payments takes about 100 MB; to refuse an honest one would look like withholding. */
const MOST_BLOCK_BYTES = 128 * 1024 * 1024
const MOST_ANSWER_BYTES = 1024 * 1024
/** A block has room for 65,536 transactions: four times as many are still handed on, to be judged. */
const BLOCK_BOUNDS = { texts: 4 * 65_536, marks: 4 * 1024 * 1024 }

/** The operator's child chain API (watcher.md 2.5). Nothing that it says is believed; nothing that it does throws. */
export function createOperator({
  url,
  timeoutMs = TIMEOUT_MS,
  maxBlockBytes = MOST_BLOCK_BYTES,
}: OperatorOptions): Operator {
  return {
    block: async (root) => {
      const limits = { timeoutMs, maxBytes: maxBlockBytes, parse: parseBlockJson }
      const answer = await orReason(() => postJson(methodUrl(url, 'block.get'), { hash: root }, limits))
      return answer.ok ? readBlock(answer.value) : answer
    },
    submit: async (signedTx) => {
      const limits = { timeoutMs, maxBytes: MOST_ANSWER_BYTES }
      const body = { transaction: toHex(signedTx) }
      const answer = await orReason(() => postJson(methodUrl(url, 'transaction.submit'), body, limits))
      const envelope = answer.ok ? parseEnvelope(answer.value) : undefined
      if (envelope) return { ok: envelope.ok, answer: envelope.data }
      return { ok: false, answer: unreachable(answer.ok ? 'no envelope' : answer.reason) }
    },
  }
}

function parseBlockJson(text: string): unknown {
  return parseBounded(text, BLOCK_BOUNDS)
}

type Block = { ok: true; block: ServedBlock } | { ok: false; reason: string }

function readBlock(answer: unknown): Block {
  const envelope = parseEnvelope(answer)
  if (!envelope) return { ok: false, reason: 'malformed: no envelope' }
  if (!envelope.ok) return { ok: false, reason: `refused: ${envelope.code}` }
  const parsed = servedBlock.safeParse(envelope.data)
  return parsed.success ? { ok: true, block: parsed.data } : { ok: false, reason: 'malformed: no block' }
}

type Attempt = { ok: true; value: unknown } | { ok: false; reason: string }

async function orReason(question: () => Promise<unknown>): Promise<Attempt> {
  try {
    return { ok: true, value: await question() }
  } catch (error) {
    if (error instanceof HttpJsonError) return { ok: false, reason: error.failure }
    throw error
  }
}

/** What the elixir-omg Watcher says to its own users when it cannot reach the operator. */
function unreachable(description: string) {
  return { object: 'error', code: 'connection:childchain_unreachable', description }
}
