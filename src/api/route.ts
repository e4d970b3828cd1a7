import type { Answer } from './answer.ts'
import { readParams, type Params, type Shape, type Values } from './params.ts'
import type { Schema } from './schema.ts'

/** One operation of an HTTP API. A GET gets no parameters. */
export type Route = {
  method: 'GET' | 'POST'
  path: `/${string}`
  shape: Shape
  answer: (params: Params) => Answer | Promise<Answer>
}

/** What a client should know of a route: served as OpenAPI, and held against the answers by the tests. */
type Description = {
  /** One sentence. */
  summary: string
  /** The data of a successful answer. */
  data: Schema
  /** Whether it is answered page by page. */
  isPaged?: true
  /** For requests that carry more than a few transactions. */
  bodyLimitBytes?: number
}

export type DescribedRoute = Route & Description

/** A GET operation. */
export function get(path: `/${string}`, answer: () => Answer): Route {
  return { method: 'GET', path, shape: {}, answer }
}

/** A POST operation that reads these parameters before it does anything. */
export function post<S extends Shape>(
  path: `/${string}`,
  shape: S,
  answer: (values: Values<S>) => Answer | Promise<Answer>,
): Route {
  return {
    method: 'POST',
    path,
    shape,
    answer: (params) => {
      const read = readParams(params, shape)
      return read.ok ? answer(read.values) : read.answer
    },
  }
}

export function described(description: Description, route: Route): DescribedRoute {
  return { ...route, ...description }
}
