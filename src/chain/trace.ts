import { z } from 'zod'
import type { Hex } from '../lib/bytes.ts'
import type { Address, Hash } from '../plasma/units.ts'
import { type Node, RootChainUnavailableError } from './node.ts'
import { address, hexData } from './shapes.ts'

type Frame = { to?: string | null | undefined; input: Hex; failed: boolean; calls: readonly Frame[] }

const frame: z.ZodType<Frame> = z
  .object({
    to: address.nullish(),
    input: hexData,
    error: z.string().nullish(),
    calls: z.array(z.lazy(() => frame)).nullish(),
  })
  .transform(({ to, input, error, calls }) => ({ to, input, failed: typeof error === 'string', calls: calls ?? [] }))

/**
 * The calldata of every call that a transaction made to a contract, as a tracing node tells it; nothing when the node
 * does not trace. The only way to read calls whose arguments a contract made up by itself.
 */
export async function tracedCalls(node: Node, txHash: Hash, to: Address): Promise<readonly Hex[]> {
  try {
    const answer = await node.attempt('debug_traceTransaction', [txHash, { tracer: 'callTracer' }], frame)
    return answer.ok ? callsTo(to, answer.value) : []
  } catch (error) {
    if (error instanceof RootChainUnavailableError) return []
    throw error
  }
}

/** A call that failed left no log, nor did the calls that it made. */
function callsTo(to: Address, { to: callee, input, failed, calls }: Frame): Hex[] {
  if (failed) return []
  const inner = calls.flatMap((call) => callsTo(to, call))
  return callee === to ? [input, ...inner] : inner
}
