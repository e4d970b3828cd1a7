import { createHash, timingSafeEqual } from 'node:crypto'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { GuardError } from '../lib/errors.ts'
import { toJson } from '../lib/json.ts'
import type { Logger } from '../lib/logger.ts'
import { BadControlRequestError, type ControlRoutes, type OpenRoutes } from './control-route.ts'

const BODY_LIMIT_BYTES = 64_000
const MOST_CONNECTIONS = 100

type Settings = { routes: ControlRoutes; open: OpenRoutes; token: string; log: Logger }

/**
 * The daemon's own HTTP server. Whoever shows the token may use it, and nobody else: a page in a browser has no token,
 * is granted no origin, and cannot come through a name of its own that it points here (DNS rebinding), for a name other
 * than this host's own is refused.
 */
export function createControlListener({ routes, open, token, log }: Settings): FastifyInstance {
  const server = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    exposeHeadRoutes: false,
    // An answer that is being given is given to its end.
    forceCloseConnections: 'idle',
    requestTimeout: 10_000,
    http: { headersTimeout: 5_000, connectionsCheckingInterval: 1_000 },
    frameworkErrors: (error, _request, reply) => {
      void refuse(reply, 400, { code: 'BAD_REQUEST', message: error.message })
    },
  })
  server.server.maxConnections = MOST_CONNECTIONS
  server.addHook('onRequest', async (request, reply) => {
    if (!isThisHost(request)) return refuse(reply, 403, FOREIGN_HOST)
    if (request.routeOptions.config.isOpen !== true && !shows(request, token))
      return refuse(reply.header('www-authenticate', 'Bearer'), 401, UNAUTHORIZED)
  })
  server.setNotFoundHandler((_request, reply) => refuse(reply, 404, NOT_FOUND))
  server.setErrorHandler((error, request, reply) => {
    const { status, ...problem } = problemOf(error)
    if (status === 500) log.error({ err: error, path: request.routeOptions.url }, 'request failed')
    return refuse(reply, status, problem)
  })
  for (const [name, route] of Object.entries(open)) {
    server.get(urlOf(name), { config: { isOpen: true } }, async (_request, reply) => {
      const { status, type, body } = await route()
      return reply
        .code(status)
        .header('content-type', type)
        .header('cache-control', 'no-store')
        .header('x-content-type-options', 'nosniff')
        .send(body)
    })
  }
  for (const [name, route] of Object.entries(routes)) {
    const [method = ''] = name.split(' ')
    server.route({
      method,
      url: urlOf(name),
      handler: async ({ query, body }, reply) =>
        send(reply, (await route({ query: query as Record<string, unknown>, body })) ?? {}),
    })
  }
  return server
}

declare module 'fastify' {
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- a declaration can only be joined as an interface
  interface FastifyContextConfig {
    isOpen?: true
  }
}

/** Of a route that is named by method and path. */
function urlOf(name: string): string {
  return name.slice(name.indexOf('/'))
}

type Problem = { code: string; message: string }

const FOREIGN_HOST = { code: 'FOREIGN_HOST', message: 'Ask for 127.0.0.1 or localhost, by no other name.' }
const UNAUTHORIZED = { code: 'UNAUTHORIZED', message: 'Send the token of control.json as authorization: Bearer TOKEN.' }
const NOT_FOUND = { code: 'NOT_FOUND', message: 'There is no such route.' }

function send(reply: FastifyReply, value: unknown): FastifyReply {
  return reply
    .header('content-type', 'application/json; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff')
    .send(toJson(value))
}

function refuse(reply: FastifyReply, status: number, error: Problem): FastifyReply {
  return send(reply.code(status), { error })
}

/** The port may be another one: a container's may be published elsewhere. */
function isThisHost({ headers: { host, origin } }: FastifyRequest): boolean {
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host ?? '')) return false
  return origin === undefined || origin === `http://${host ?? ''}`
}

/** In a time that tells nothing of how much was right. */
function shows({ headers: { authorization } }: FastifyRequest, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${token}`))
}

function problemOf(error: unknown): Problem & { status: number } {
  if (error instanceof GuardError)
    return { status: error instanceof BadControlRequestError ? 400 : 409, code: error.code, message: error.message }
  const status = error instanceof Error ? blameOf(error) : undefined
  if (status === undefined) return { status: 500, code: 'INTERNAL', message: 'The request failed, the log says why.' }
  return { status, code: 'BAD_REQUEST', message: error instanceof Error ? error.message : 'The request is wrong.' }
}

/** Fastify says on its errors what the client did wrong; an error of ours says nothing and is a 500. */
function blameOf(error: Error): number | undefined {
  const status = 'statusCode' in error ? error.statusCode : undefined
  return typeof status === 'number' && status >= 400 && status <= 499 ? status : undefined
}
