import fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import type { Logger } from '../lib/logger.ts'
import {
  internalError,
  operationNotFound,
  refused,
  slowRequest,
  unreadableRequest,
  type Answer,
  type Envelope,
} from './answer.ts'
import { parseJson, printJson } from './json.ts'
import { openApi, OPEN_API_PATH } from './open-api.ts'
import type { Params } from './params.ts'
import type { DescribedRoute } from './route.ts'

/** Far above any request of one transaction or one account. */
const BODY_LIMIT_BYTES = 256_000
const MOST_CONNECTIONS = 1_000

/** How long a client may take over what it sends, and keep a connection for nothing. */
const patience = { headersMs: 5_000, requestMs: 10_000, idleMs: 5_000, lookMs: 1_000 }
export type Patience = typeof patience

type Settings = {
  routes: readonly DescribedRoute[]
  service: { title: string; version: string }
  envelope: Envelope
  log: Logger
  patience?: Patience
}

/**
 * An HTTP server over routes, speaking one envelope. It listens where its caller says (`listen`), and in tests takes
 * requests without a socket (`inject`). What clients send is bounded in size and time; a page of another origin cannot
 * use it, for it takes JSON only and grants no origin anything.
 */
export function createListener(settings: Settings): FastifyInstance {
  const { routes, envelope, log } = settings
  const send = (reply: FastifyReply, status: number, answer: Answer) =>
    sendJson(reply.code(status), printJson(envelope(answer)))
  const server = createServer(settings, send)

  readJson(server)
  server.setNotFoundHandler((_request, reply) => send(reply, 200, operationNotFound))
  server.setErrorHandler((error, request, reply) => {
    const status = statusOf(error)
    if (status === 500) log.error({ err: error, path: request.routeOptions.url }, 'request failed')
    return send(reply, status, answerTo(status))
  })
  for (const { method, path, answer, bodyLimitBytes } of routes) {
    server.route({
      method,
      url: path,
      ...(bodyLimitBytes !== undefined && { bodyLimit: bodyLimitBytes }),
      handler: async (request, reply) => send(reply, 200, await answer(method === 'GET' ? {} : params(request.body))),
    })
  }
  const description = printJson(openApi(routes, settings.service))
  server.get(OPEN_API_PATH, (_request, reply) => sendJson(reply, description))
  return server
}

type Send = (reply: FastifyReply, status: number, answer: Answer) => FastifyReply

function createServer({ envelope, patience: limits = patience }: Settings, send: Send): FastifyInstance {
  const server = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    http: { headersTimeout: limits.headersMs, connectionsCheckingInterval: limits.lookMs },
    frameworkErrors: (_error, _request, reply) => {
      send(reply, 400, unreadableRequest)
    },
    // What is not even HTTP, or does not come: there is no request yet that could be answered as one.
    clientErrorHandler: ({ code }, socket) => {
      const isLate = code === 'ERR_HTTP_REQUEST_TIMEOUT'
      const body = printJson(envelope(isLate ? slowRequest : unreadableRequest))
      const status = isLate ? '408 Request Timeout' : '400 Bad Request'
      const head = `HTTP/1.1 ${status}\r\ncontent-type: ${JSON_TYPE}\r\ncontent-length: ${String(Buffer.byteLength(body))}`
      if (socket.writable) socket.end(`${head}\r\nconnection: close\r\n\r\n${body}`)
      else socket.destroy()
    },
  })
  server.server.maxConnections = MOST_CONNECTIONS
  return server
}

const JSON_TYPE = 'application/json; charset=utf-8'

function sendJson(reply: FastifyReply, json: string): FastifyReply {
  return reply.header('content-type', JSON_TYPE).send(json)
}

function readJson(server: FastifyInstance): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser(/^application\/(?:[\w.-]+\+)?json/, { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? {} : parseJson(String(body)))
    } catch {
      done(Object.assign(new SyntaxError('not JSON'), { statusCode: 400 }))
    }
  })
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
    case 408:
      return slowRequest
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
