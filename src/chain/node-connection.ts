import { connectHttp } from './node-http.ts'
import type { Connection } from './node-reply.ts'
import { connectWebSocket } from './node-websocket.ts'

/** The endpoint at an http(s) or ws(s) address. */
export function connect(url: string, timeoutMs: number): Connection {
  return /^wss?:/i.test(url) ? connectWebSocket(url, timeoutMs) : connectHttp(url, timeoutMs)
}
