import { BaseError, ResponseBodyTooLargeError, RpcRequestError, TimeoutError } from 'viem'
import type { Hex } from '../lib/bytes.ts'
import type { RpcFault } from './rpc-fault.ts'

/** What came back from one node, or from several that were asked for one answer. */
export type Reply<Value> =
  | { is: 'value'; value: Value }
  /** The node's own refusal. */
  | { is: 'fault'; fault: RpcFault }
  /** No usable answer; `disagree`: several usable ones that contradict each other. */
  | { is: 'failure'; reason: string; disagree?: true }

/** One endpoint, as it can be asked. It never rejects for what the other side does. */
export type Connection = {
  /** Host and port only: the rest of an address may hold credentials. */
  host: string
  request: (method: string, params: readonly unknown[]) => Promise<Reply<unknown>>
}

const LONGEST_FAULT = 2_000

/** Reads what viem threw for one request; undefined when it is no failure of the other side. */
export function replyOfError(error: unknown): Reply<never> | undefined {
  if (!(error instanceof BaseError)) return undefined
  const cause = error.walk((inner) => inner instanceof RpcRequestError)
  if (cause instanceof RpcRequestError) {
    const { code, details, data } = cause
    return { is: 'fault', fault: faultOf({ code, message: details, data }) }
  }
  return { is: 'failure', reason: reasonOf(error) }
}

/** An error of JSON-RPC, whatever shape the node gave it. */
export function faultOf({ code, message, data }: { code?: unknown; message?: unknown; data?: unknown }): RpcFault {
  const revertData = hexIn(data)
  return {
    code: typeof code === 'number' ? code : 0,
    text: [message, payloadIn(data)]
      .filter((part) => typeof part === 'string')
      .join(': ')
      .slice(0, LONGEST_FAULT),
    ...(revertData === undefined ? {} : { data: revertData }),
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
