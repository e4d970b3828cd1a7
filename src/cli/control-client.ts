import { request } from 'node:http'
import { z } from 'zod'
import { controlFileOf, readControlFile } from '../api/control-file.ts'
import type { Config } from '../config.ts'
import { GuardError } from '../lib/errors.ts'

const MOST_BYTES = 16 * 1024 * 1024

/**
 * Asks the daemon that runs with this configuration, however long it takes to answer.
 *
 * @param name - Method and path, such as `POST /pause`.
 * @throws {@link NoDaemonError}, {@link ControlRefusedError}, {@link DaemonSaidNoError}
 */
export async function askDaemon(
  { data }: Pick<Config, 'data'>,
  name: `${'GET' | 'POST'} /${string}`,
  { body, signal }: { body?: Readonly<Record<string, unknown>>; signal?: AbortSignal } = {},
): Promise<unknown> {
  const found = readControlFile(data)
  if (!found) throw new NoDaemonError(data, `there is no ${controlFileOf(data)}`)
  const [method = '', path = ''] = name.split(' ')
  const { status, text } = await exchange(new URL(path, found.url), {
    method,
    headers: {
      authorization: `Bearer ${found.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    throw new NoDaemonError(data, `${found.url} does not answer (${reasonOf(error)})`)
  })
  return valueOf({ status, text, url: found.url })
}

type Sent = { method: string; headers: Record<string, string>; body?: string; signal?: AbortSignal }

/** Not by `fetch`, which gives up after five minutes: draining may take longer. */
function exchange(url: URL, { body, ...options }: Sent): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, options, (response) => {
      const parts: Buffer[] = []
      let size = 0
      response.on('data', (part: Buffer) => {
        size += part.length
        if (size > MOST_BYTES) response.destroy(new Error('the answer is too large'))
        parts.push(part)
      })
      response.on('error', reject)
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() })
      })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

const problem = z.object({ error: z.object({ code: z.string(), message: z.string() }) })

function valueOf({ status, text, url }: { status: number; text: string; url: string }): unknown {
  const value = parse(text)
  if (status === 200 && value !== undefined) return value
  const said = problem.safeParse(value).data?.error
  if (!said || status === 401) throw new ControlRefusedError(url, status)
  throw new DaemonSaidNoError(said.code, said.message)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer'
  return 'code' in error ? String(error.code) : error.message
}

/** There is nobody to ask. */
class NoDaemonError extends GuardError {
  override readonly code = 'NO_DAEMON'
  override readonly retryable = true

  constructor(dataDirectory: string, why: string) {
    super(
      `No plasma-guard runs with the data directory ${dataDirectory}: ${why}. Start \`plasma-guard run\`, or name its configuration with --config.`,
      { dataDirectory, why },
    )
  }
}

/** Somebody listens there, but it is not the daemon that wrote `control.json`. */
class ControlRefusedError extends GuardError {
  override readonly code = 'CONTROL_REFUSED'

  constructor(url: string, status: number) {
    super(
      `Whoever listens at ${url} is not the daemon of this data directory: it does not take its token (status ${String(status)}). Was the daemon killed, and its port taken by another program?`,
      { url, status },
    )
  }
}

/** The daemon heard, and refused. */
class DaemonSaidNoError extends GuardError {
  override readonly code = 'DAEMON_SAID_NO'

  constructor(said: string, message: string) {
    super(`The daemon refused, ${said}: ${message}`, { said })
  }
}
