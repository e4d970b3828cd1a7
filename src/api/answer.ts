/** Why a request was refused, in elixir-omg's words. */
type Refusal = {
  code: string
  description: string | null
  /** Details for a program, as `{ validation_error: { parameter, validator } }`. */
  messages?: unknown
}

/** Which part of a list an answer is; pages count from 1. */
export type Paging = { page: bigint; limit: bigint }

/** What a route answers: data for the envelope, or a refusal. */
export type Answer = { ok: true; data: unknown; paging?: Paging } | { ok: false; refusal: Refusal }

export function answered(data: unknown): Answer {
  return { ok: true, data }
}

/** Answers with one page of a list. */
export function answeredPage(data: readonly unknown[], paging: Paging): Answer {
  return { ok: true, data, paging }
}

export function refused(code: string, description: string | null = null): Answer {
  return { ok: false, refusal: { code, description } }
}

/** The shell of every answer. `version` is this program's. */
export type Envelope = (answer: Answer) => Readonly<Record<string, unknown>>

export function envelopeOf(service: { name: string; version: string }): Envelope {
  return (answer) => ({
    version: service.version,
    service_name: service.name,
    success: answer.ok,
    data: answer.ok ? answer.data : { object: 'error', ...answer.refusal },
    ...(answer.ok && answer.paging && { data_paging: answer.paging }),
  })
}

export const operationNotFound: Answer = refused('operation:not_found', 'No operation has this path and method.')
export const unreadableRequest: Answer = refused('operation:bad_request', 'Server has failed to parse the request.')
export const slowRequest: Answer = refused('operation:bad_request', 'The request did not arrive in time.')
export const serviceUnavailable: Answer = refused(
  'operation:service_unavailable',
  'The watcher does not see both chains yet, or no longer.',
)
export const internalError: Answer = refused('server:internal_server_error', 'The server met an error of its own.')
