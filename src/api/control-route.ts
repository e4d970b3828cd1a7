import { GuardError } from '../lib/errors.ts'

/** What came with a request; nothing in it has been checked. */
export type Asked = { query: Readonly<Record<string, unknown>>; body: unknown }

/** What a route does. Its value is answered as JSON: bigints as decimal strings, bytes as hex. */
type ControlRoute = (asked: Asked) => Promise<unknown>

/** The routes of a control API by method and path. */
export type ControlRoutes = Readonly<Record<`${'GET' | 'POST'} /${string}`, ControlRoute>>

/** What a route without a token says, as it is. */
type OpenAnswer = { status: number; type: string; body: string }

/** The routes that anybody on this host may ask: they tell nothing that is secret, and change nothing. */
export type OpenRoutes = Readonly<Record<`GET /${string}`, () => Promise<OpenAnswer>>>

/** The caller asked for what the route cannot read. Any other GuardError of a route means: not now, and why. */
export class BadControlRequestError extends GuardError {
  override readonly code = 'BAD_REQUEST'
}
