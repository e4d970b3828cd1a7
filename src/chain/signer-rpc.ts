import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { SecureContext } from 'node:tls'
import { z } from 'zod'
import { codeOf } from '../lib/code-of.ts'
import { GuardError } from '../lib/errors.ts'
import { printable } from './rpc-fault.ts'

/** Where a signer is. `secure`: whom to trust there, and what to show of ourselves. */
export type SignerPlace = { url: URL; secure: SecureContext; timeoutMs: number }

/** Asks a signer over JSON-RPC. */
export type SignerRpc = (method: string, params: readonly unknown[]) => Promise<unknown>

const MOST_BYTES = 1024 * 1024

/**
 * One question, one connection: none that has died meanwhile is met when it matters. What is signed goes no further than
 * the answer: no error holds any of it.
 *
 * @throws {@link SignerUnavailableError} {@link SignerRefusedError}
 */
export function createSignerRpc(place: SignerPlace): SignerRpc {
  const { origin } = place.url
  return async (method, params) => {
    const { status, text } = await exchange(place, { jsonrpc: '2.0', id: 1, method, params })
    if (isTrouble(status)) throw new SignerUnavailableError(origin, `http status ${String(status)}`)
    const answer = parse(text)
    if (answer && 'error' in answer) throw new SignerRefusedError({ origin, method, ...answer.error })
    if (status !== 200) throw new SignerUnavailableError(origin, `http status ${String(status)}`)
    if (!answer) throw new SignerUnavailableError(origin, 'malformed answer')
    return answer.result
  }
}

/** A signer that is overloaded or broken may answer anything; other failures it explains in JSON. */
function isTrouble(status: number): boolean {
  return status >= 500 || status === 429
}

const failed = z.object({ error: z.object({ code: z.number(), message: z.string().default('') }) })
const answered = z.object({ result: z.unknown() }).refine(({ result }) => result !== undefined && result !== null)

function parse(text: string): z.output<typeof failed> | z.output<typeof answered> | undefined {
  try {
    return z.union([failed, answered]).safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

type Answer = { status: number; text: string }

async function exchange({ url, secure, timeoutMs }: SignerPlace, question: unknown): Promise<Answer> {
  const signal = AbortSignal.timeout(timeoutMs)
  const body = JSON.stringify(question)
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  const options = { method: 'POST', headers, signal, agent: false, secureContext: secure }
  try {
    return await new Promise<Answer>((resolve, reject) => {
      const hear = (response: IncomingMessage) => {
        readText(response).then((text) => {
          resolve({ status: response.statusCode ?? 0, text })
        }, reject)
      }
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest
      send(url, options, hear).on('error', reject).end(body)
    })
  } catch (error) {
    if (error instanceof GuardError) throw error
    throw new SignerUnavailableError(url.origin, signal.aborted ? 'timeout' : codeOf(error) || 'no answer')
  }
}

async function readText(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length
    if (size > MOST_BYTES) throw new TooLargeError()
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

class TooLargeError extends Error {
  readonly code = 'ANSWER_TOO_LARGE'
}

/** The remote signer did not answer, or not in its protocol. */
class SignerUnavailableError extends GuardError {
  override readonly code = 'SIGNER_UNAVAILABLE'
  override readonly retryable = true

  constructor(origin: string, reason: string) {
    super(`The remote signer ${origin} did not answer: ${reason}.`, { origin, reason })
  }
}

/** The standard's codes for a question that is wrong in itself: it stays so. */
const SENSELESS: ReadonlySet<number> = new Set([-32700, -32600, -32601, -32602, -32604])

/** The remote signer would not do what it was asked; it may when its keys are there again. */
class SignerRefusedError extends GuardError {
  override readonly code = 'SIGNER_REFUSED'
  override readonly retryable: boolean

  constructor({ origin, method, code, message }: { origin: string; method: string; code: number; message: string }) {
    const said = printable(message)
    super(`The remote signer ${origin} refused ${method}: rpc error ${String(code)}, "${said}".`, {
      ...{ origin, method, said },
      rpcCode: code,
    })
    this.retryable = !SENSELESS.has(code)
  }
}
