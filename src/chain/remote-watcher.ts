import { z } from 'zod'
import { toHex } from '../lib/bytes.ts'
import { GuardError } from '../lib/errors.ts'
import type { UtxoPos } from '../plasma/units.ts'
import { type Envelope, parseEnvelope } from './envelope.ts'
import { HttpJsonError, methodUrl, postJson } from './http-json.ts'
import * as data from './watcher-data.ts'
import { type ParsedReport, parseReport } from './watcher-report.ts'
import { uint } from './wire.ts'

/** What the Watcher says of the world and of itself. */
export type WatcherStatus = {
  reports: readonly ParsedReport[]
  /** The root chain height that it has seen. */
  lastSeenEthBlock: bigint
  /** Absent before its first child block. */
  lastValidatedChildBlock: bigint | undefined
  lastMinedChildBlock: bigint | undefined
  syncedHeights: readonly { service: string; height: bigint }[]
}

/** A Watcher that does not answer is a fact to be weighed (`watcher-sight.ts`), not an exception. */
type StatusAnswer = { ok: true; status: WatcherStatus } | { ok: false; reason: string }

/** Data, or the error code of the API, such as `challenge:exit_not_found`. */
type Served<Shape extends z.ZodType> = { ok: true; data: z.output<Shape> } | { ok: false; code: string }

/**
 * Any Watcher that speaks the elixir-omg API, of v1.0.x contracts. Transactions are raw except where said.
 * Everything but `status` throws {@link RemoteWatcherError} when there is no usable answer.
 */
export type RemoteWatcher = {
  status: () => Promise<StatusAnswer>
  challengeData: (utxoPos: UtxoPos) => Promise<Served<typeof data.standardExitChallenge>>
  exitData: (utxoPos: UtxoPos) => Promise<Served<typeof data.exitData>>
  /** Of a signed transaction. */
  inFlightExitData: (signedTx: Uint8Array) => Promise<Served<typeof data.inFlightExitData>>
  competitor: (inFlightTx: Uint8Array) => Promise<Served<typeof data.competitor>>
  canonicalProof: (inFlightTx: Uint8Array) => Promise<Served<typeof data.canonicalProof>>
  inputChallenge: (inFlightTx: Uint8Array, inputIndex: number) => Promise<Served<typeof data.inputChallenge>>
  outputChallenge: (inFlightTx: Uint8Array, outputIndex: number) => Promise<Served<typeof data.outputChallenge>>
}

const MOST_BYTES = 32 * 1024 * 1024

export function createRemoteWatcher({ url, timeoutMs = 15_000 }: { url: string; timeoutMs?: number }): RemoteWatcher {
  const limits = { timeoutMs, maxBytes: MOST_BYTES }
  const post = (method: string, body: Record<string, unknown>) => postJson(methodUrl(url, method), body, limits)
  const ask = async <Shape extends z.ZodType>(
    shape: Shape,
    method: string,
    body: Record<string, unknown>,
  ): Promise<Served<Shape>> => served(shape, method, parseEnvelope(await post(method, body)))
  const txbytes = (tx: Uint8Array) => ({ txbytes: toHex(tx) })
  return {
    status: async () => statusOf(await orFailure(() => post('status.get', {}))),
    challengeData: (pos) => ask(data.standardExitChallenge, 'utxo.get_challenge_data', { utxo_pos: pos }),
    exitData: (pos) => ask(data.exitData, 'utxo.get_exit_data', { utxo_pos: pos }),
    inFlightExitData: (tx) => ask(data.inFlightExitData, 'in_flight_exit.get_data', txbytes(tx)),
    competitor: (tx) => ask(data.competitor, 'in_flight_exit.get_competitor', txbytes(tx)),
    canonicalProof: (tx) => ask(data.canonicalProof, 'in_flight_exit.prove_canonical', txbytes(tx)),
    inputChallenge: (tx, index) =>
      ask(data.inputChallenge, 'in_flight_exit.get_input_challenge_data', { ...txbytes(tx), input_index: index }),
    outputChallenge: (tx, index) =>
      ask(data.outputChallenge, 'in_flight_exit.get_output_challenge_data', { ...txbytes(tx), output_index: index }),
  }
}

function served<Shape extends z.ZodType>(shape: Shape, method: string, envelope: Envelope | undefined): Served<Shape> {
  if (!envelope) throw new RemoteWatcherError(method, 'no envelope')
  if (!envelope.ok) return { ok: false, code: envelope.code }
  const parsed = shape.safeParse(envelope.data)
  if (!parsed.success) throw new RemoteWatcherError(method, 'data of an unknown shape')
  return { ok: true, data: parsed.data }
}

type Attempt = { ok: true; value: unknown } | { ok: false; reason: string }

async function orFailure(question: () => Promise<unknown>): Promise<Attempt> {
  try {
    return { ok: true, value: await question() }
  } catch (error) {
    if (error instanceof HttpJsonError) return { ok: false, reason: error.failure }
    throw error
  }
}

const status = z.object({
  byzantine_events: z.array(z.unknown()),
  last_seen_eth_block_number: uint,
  last_validated_child_block_number: uint.nullish(),
  last_mined_child_block_number: uint.nullish(),
  services_synced_heights: z.array(z.object({ service: z.string().max(100), height: uint })).nullish(),
})

function statusOf(answer: Attempt): StatusAnswer {
  if (!answer.ok) return answer
  const envelope = parseEnvelope(answer.value)
  if (!envelope) return { ok: false, reason: 'no envelope' }
  if (!envelope.ok) return { ok: false, reason: envelope.code }
  const parsed = status.safeParse(envelope.data)
  if (!parsed.success) return { ok: false, reason: 'status of an unknown shape' }
  const said = parsed.data
  return {
    ok: true,
    status: {
      reports: said.byzantine_events.map(parseReport),
      lastSeenEthBlock: said.last_seen_eth_block_number,
      lastValidatedChildBlock: said.last_validated_child_block_number ?? undefined,
      lastMinedChildBlock: said.last_mined_child_block_number ?? undefined,
      syncedHeights: said.services_synced_heights ?? [],
    },
  }
}

/** A Watcher answered, but not with anything of the API. */
export class RemoteWatcherError extends GuardError {
  override readonly code = 'REMOTE_WATCHER_UNUSABLE'
  override readonly retryable = true

  constructor(method: string, why: string) {
    super(`The Watcher's answer to ${method} cannot be used: ${why}.`, { method, why })
  }
}
