import type { z } from 'zod'
import { GuardError } from '../lib/errors.ts'
import type { Reply } from './node-reply.ts'
import { openPool, type PoolSettings } from './nodes-pool.ts'
import { revertOf, type RpcFault } from './rpc-fault.ts'

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

type Replying = <Value>(question: {
  method: string
  params: readonly unknown[]
  shape: z.ZodType<Value>
}) => Promise<Reply<Value>>

/** The node behind some urls, for whoever needs nothing but answers: as the pool of `nodes.ts` gives them. */
export function createNode(settings: PoolSettings): Node {
  return nodeOf(openPool(settings).attempt)
}

/** Replies, told in the way of {@link Node}. */
export function nodeOf(replying: Replying): Node {
  const attempt: Node['attempt'] = async (method, params, shape) => {
    const reply = await replying({ method, params, shape })
    switch (reply.is) {
      case 'value':
        return { ok: true, value: reply.value }
      case 'fault':
        return { ok: false, fault: reply.fault }
      case 'failure':
        throw reply.disagree ? new NodesDisagreeError(method) : new RootChainUnavailableError(method, reply.reason)
    }
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

/** Nodes contradict each other about the same block: nothing that cannot be taken back is done on such an answer. */
class NodesDisagreeError extends GuardError {
  override readonly code = 'NODES_DISAGREE'
  override readonly retryable = true

  constructor(method: string) {
    super(`The root chain nodes do not agree on the answer to ${method}.`, { method })
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
