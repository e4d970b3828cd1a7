import {
  BaseError,
  createPublicClient,
  fallback,
  http,
  ResponseBodyTooLargeError,
  RpcRequestError,
  TimeoutError,
} from 'viem'
import type { z } from 'zod'
import type { Hex } from '../lib/bytes.ts'
import { GuardError } from '../lib/errors.ts'
import { isTooMuch, revertOf, type RpcFault } from './rpc-fault.ts'

/** What a node answered: a checked value, or its own refusal. */
export type Answer<Value> = { ok: true; value: Value } | { ok: false; fault: RpcFault }

type Request = <Value>(method: string, params: readonly unknown[], shape: z.ZodType<Value>) => Promise<Value>

/** An Ethereum node over JSON-RPC. */
export type Node = {
  /**
   * @throws {@link ContractRevertedError} when the EVM undid the call.
   * @throws {@link RootChainUnavailableError} when there is no usable answer.
   */
  ask: Request
  /**
   * As `ask`, but a refusal of the node is a value.
   *
   * @throws {@link RootChainUnavailableError} when there is no usable answer.
   */
  attempt: <Value>(method: string, params: readonly unknown[], shape: z.ZodType<Value>) => Promise<Answer<Value>>
}

const MAX_ANSWER_BYTES = 64 * 1024 * 1024
const LONGEST_FAULT = 2_000

/**
 * Speaks to the first of `urls` that answers, in their order. Nothing is cached, nothing retried: one question costs
 * at most `timeoutMs` for each url.
 */
export function createNode({ urls, timeoutMs = 15_000 }: { urls: readonly string[]; timeoutMs?: number }): Node {
  const options = { timeout: timeoutMs, retryCount: 0, maxResponseBodySize: MAX_ANSWER_BYTES }
  const client = createPublicClient({
    transport: fallback(
      urls.map((url) => http(url, options)),
      { retryCount: 0, shouldThrow: (error) => isAnswer(error) },
    ),
  })
  const attempt: Node['attempt'] = async (method, params, shape) => {
    const answer = await request(method, () => client.request({ method, params } as never))
    if (!answer.ok) return answer
    const parsed = shape.safeParse(answer.value)
    if (!parsed.success) throw new RootChainUnavailableError(method, 'malformed answer')
    return { ok: true, value: parsed.data }
  }
  const ask: Request = async (method, params, shape) => {
    const answer = await attempt(method, params, shape)
    if (answer.ok) return answer.value
    const revert = revertOf(answer.fault)
    if (revert) throw new ContractRevertedError(revert.reason)
    throw new RootChainUnavailableError(method, `rpc error ${answer.fault.code}`)
  }
  return { ask, attempt }
}

async function request(method: string, send: () => Promise<unknown>): Promise<Answer<unknown>> {
  try {
    return { ok: true, value: await send() }
  } catch (error) {
    const fault = faultOf(error)
    if (fault) return { ok: false, fault }
    if (error instanceof BaseError) throw new RootChainUnavailableError(method, reasonOf(error))
    throw error
  }
}

/** Reverts and refusals of size would come from every node alike: only other failures move on to the next url. */
function isAnswer(error: Error): boolean {
  const fault = faultOf(error)
  return fault !== undefined && (revertOf(fault) !== undefined || isTooMuch(fault))
}

function faultOf(error: unknown): RpcFault | undefined {
  const cause = error instanceof BaseError ? error.walk((inner) => inner instanceof RpcRequestError) : null
  if (!(cause instanceof RpcRequestError)) return undefined
  const { code, details }: { code: unknown; details: unknown } = cause
  const data = hexIn(cause.data)
  return {
    code: typeof code === 'number' ? code : 0,
    text: [details, payloadIn(cause.data)]
      .filter((part) => typeof part === 'string')
      .join(': ')
      .slice(0, LONGEST_FAULT),
    ...(data === undefined ? {} : { data }),
  }
}

/** Revert data is a hex text, ganache and hardhat wrap it in an object, parity puts `Reverted ` before it. */
function hexIn(data: unknown): Hex | undefined {
  if (typeof data === 'object' && data !== null && 'data' in data) return hexIn(data.data)
  return typeof data === 'string' ? (/0x[0-9a-fA-F]*$/.exec(data)?.[0] as Hex | undefined) : undefined
}

/** Tenderly says what is wrong beside an error that says nothing. */
function payloadIn(data: unknown): unknown {
  return typeof data === 'object' && data !== null && 'payload' in data ? data.payload : undefined
}

/** viem's own messages hold the url and the body of the request, so only a word of ours goes on. */
function reasonOf(error: BaseError): string {
  if (error.walk((inner) => inner instanceof TimeoutError)) return 'timeout'
  if (error.walk((inner) => inner instanceof ResponseBodyTooLargeError)) return 'answer too large'
  const http = error.walk(
    (inner) => inner instanceof BaseError && 'status' in inner && typeof inner.status === 'number',
  )
  return http && 'status' in http ? `http status ${String(http.status)}` : 'no connection or no json'
}

/** The node did not answer, or not with anything that can be used. */
export class RootChainUnavailableError extends GuardError {
  override readonly code = 'ROOT_CHAIN_UNAVAILABLE'
  override readonly retryable = true
  readonly reason: string

  constructor(method: string, reason: string) {
    super(`The root chain node did not answer ${method}: ${reason}.`, { method, reason })
    this.reason = reason
  }
}

/** A contract refused a call. */
export class ContractRevertedError extends GuardError {
  override readonly code = 'CONTRACT_REVERTED'
  readonly reason: string | undefined

  constructor(reason: string | undefined) {
    super(`The contract refused the call: ${reason ?? 'no reason given'}.`, { reason: reason ?? 'none' })
    this.reason = reason
  }
}
