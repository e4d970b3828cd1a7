import { createPublicClient, http } from 'viem'
import { type Connection, replyOfError } from './node-reply.ts'

const MAX_ANSWER_BYTES = 64 * 1024 * 1024

/** A node behind HTTP. Nothing is cached, nothing retried: one question costs at most `timeoutMs`. */
export function connectHttp(url: string, timeoutMs: number): Connection {
  const options = { timeout: timeoutMs, retryCount: 0, maxResponseBodySize: MAX_ANSWER_BYTES }
  const client = createPublicClient({ transport: http(url, options) })
  return {
    host: new URL(url).host,
    request: async (method, params) => {
      try {
        return { is: 'value', value: await client.request({ method, params } as never) }
      } catch (error) {
        const reply = replyOfError(error)
        if (!reply) throw error
        return reply
      }
    },
  }
}
