import { GuardError } from '../lib/errors.ts'
import { formatLossless, parseLossless } from './lossless-json.ts'

/** `parse`: how the text is read; without rounding integers, where nothing else is said. */
export type HttpLimits = { timeoutMs: number; maxBytes: number; parse?: (text: string) => unknown }
export type HttpFailure = 'unreachable' | 'timeout' | 'http status' | 'malformed' | 'too large'

/**
 * Posts JSON and reads JSON, without rounding integers on either way unless `limits` says so. The time covers the whole answer, the size is
 * counted while it streams (and after it is unpacked). A status that is no success still answers when it carries JSON:
 * elixir-omg puts its errors there.
 *
 * @throws {@link HttpJsonError}
 */
export async function postJson(url: URL, body: unknown, limits: HttpLimits): Promise<unknown> {
  const signal = AbortSignal.timeout(limits.timeoutMs)
  const response = await reach(url, { body: formatLossless(body), signal })
  const bytes = await readBody(url, response, { ...limits, signal })
  try {
    return (limits.parse ?? parseLossless)(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw response.ok
      ? new HttpJsonError(url, 'malformed')
      : new HttpJsonError(url, 'http status', String(response.status))
  }
}

/** The address of a method under a base url, with or without a slash at its end. */
export function methodUrl(base: string, method: string): URL {
  const url = new URL(base)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${method}`
  return url
}

async function reach(url: URL, { body, signal }: { body: string; signal: AbortSignal }): Promise<Response> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  try {
    return await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' })
  } catch {
    throw new HttpJsonError(url, signal.aborted ? 'timeout' : 'unreachable')
  }
}

type Reading = { maxBytes: number; signal: AbortSignal }

async function readBody(url: URL, response: Response, { maxBytes, signal }: Reading): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  try {
    for await (const part of bodyOf(response)) {
      size += part.byteLength
      if (size > maxBytes) throw new HttpJsonError(url, 'too large', `more than ${String(maxBytes)} bytes`)
      parts.push(part)
    }
  } catch (error) {
    if (error instanceof HttpJsonError) throw error
    throw new HttpJsonError(url, signal.aborted ? 'timeout' : 'unreachable')
  }
  return Buffer.concat(parts)
}

async function* bodyOf(response: Response): AsyncIterable<Uint8Array> {
  if (response.body) for await (const part of response.body) yield part as Uint8Array
}

/** A service did not answer, or not with JSON of a reasonable size. Shows the origin only: the rest may hold a token. */
export class HttpJsonError extends GuardError {
  override readonly code = 'HTTP_FAILED'
  override readonly retryable = true
  readonly failure: HttpFailure

  constructor(url: URL, failure: HttpFailure, detail = '') {
    const said = detail === '' ? failure : `${failure} ${detail}`
    super(`No usable answer from ${url.origin}: ${said}.`, { origin: url.origin, failure, detail })
    this.failure = failure
  }
}
