import fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import type { Logger } from '../lib/logger.ts'
import { internalError, operationNotFound, refused, unreadableRequest, type Answer, type Envelope } from './answer.ts'
import { parseJson, printJson } from './json.ts'
import type { Params } from './params.ts'
import type { Route } from './route.ts'

/** As elixir-omg's server allows. */
const BODY_LIMIT_BYTES = 8_000_000

/** Room for a block of the greatest size; only a route that takes one needs it. */
type Settings = { routes: readonly Route[]; envelope: Envelope; log: Logger; bodyLimitBytes?: number }

/**
 * An HTTP server over routes, speaking one envelope. It listens where its caller says (`listen`), and in tests takes
 * requests without a socket (`inject`).
 */
export function createListener({
  routes,
  envelope,
  log,
  bodyLimitBytes = BODY_LIMIT_BYTES,
}: Settings): FastifyInstance {
  const server = fastify({ bodyLimit: bodyLimitBytes, exposeHeadRoutes: false, forceCloseConnections: true })
  const send = (reply: FastifyReply, status: number, answer: Answer) =>
    reply
      .code(status)
      .header('content-type', 'application/json; charset=utf-8')
      .send(printJson(envelope(answer)))

  server.removeAllContentTypeParsers()
  server.addContentTypeParser(/^application\/(?:[\w.-]+\+)?json/, { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? {} : parseJson(String(body)))
    } catch {
      done(Object.assign(new SyntaxError('not JSON'), { statusCode: 400 }))
    }
  })
  server.setNotFoundHandler((_request, reply) => send(reply, 200, operationNotFound))
  server.setErrorHandler((error, request, reply) => {
    const status = statusOf(error)
    if (status === 500) log.error({ err: error, path: request.routeOptions.url }, 'request failed')
    return send(reply, status, answerTo(status))
  })
  for (const { method, path, answer } of routes) {
    server.route({
      method,
      url: path,
      handler: async (request, reply) => send(reply, 200, await answer(method === 'GET' ? {} : params(request.body))),
    })
  }
  return server
}

function params(body: unknown): Params {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Params) : {}
}

/** Fastify says on its errors what the client did wrong; an error of ours says nothing and is a 500. */
function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500
}

function answerTo(status: number): Answer {
  switch (status) {
    case 500:
      return internalError
    case 413:
      return refused('operation:bad_request', 'The request is larger than this server reads.')
    case 415:
      return refused('operation:bad_request', 'This server reads JSON only.')
    default:
      return unreadableRequest
  }
}
