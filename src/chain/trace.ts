import { z } from 'zod'
import type { Hex } from '../lib/bytes.ts'
import type { Address, Hash } from '../plasma/units.ts'
import { type Node, RootChainUnavailableError } from './node.ts'
import { address, hexData } from './shapes.ts'

/** Of one call: those that it made are read one by one, since they may lie a thousand deep. */
const frame = z.object({
  type: z.string().nullish(),
  to: address.nullish(),
  input: hexData,
  error: z.string().nullish(),
  calls: z.array(z.unknown()).nullish(),
})

/** More than a block's gas pays for. */
const MOST_FRAMES = 1_000_000

/**
 * The calldata of every call that a transaction made to a contract, in their order, as a tracing node tells it; nothing
 * when the node does not trace. The only way to read calls whose arguments a contract made up by itself.
 */
export async function tracedCalls(node: Node, txHash: Hash, to: Address): Promise<readonly Hex[]> {
  try {
    const answer = await node.attempt('debug_traceTransaction', [txHash, { tracer: 'callTracer' }], z.unknown())
    return answer.ok ? callsTo(to, answer.value) : []
  } catch (error) {
    if (error instanceof RootChainUnavailableError) return []
    throw error
  }
}

/** In the order in which they were made. */
function callsTo(to: Address, root: unknown): readonly Hex[] {
  const found: Hex[] = []
  const waiting = [root]
  for (let seen = 0; waiting.length > 0 && seen < MOST_FRAMES; seen++) {
    const call = readFrame(waiting.pop())
    if (!call) continue
    if (call.isCall && call.to === to) found.push(call.input)
    for (const inner of call.calls.toReversed()) waiting.push(inner)
  }
  return found
}

/**
 * A call that failed left no log, nor did the calls that it made. Code that was only borrowed (a delegate call) logs
 * under the borrower's address, whatever it was told to do.
 */
function readFrame(given: unknown) {
  const parsed = frame.safeParse(given)
  if (!parsed.success || typeof parsed.data.error === 'string') return undefined
  const { type, to, input, calls } = parsed.data
  return { isCall: (type ?? 'CALL').toUpperCase() === 'CALL', to, input, calls: calls ?? [] }
}
