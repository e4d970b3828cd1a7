import type { Answer } from './answer.ts'
import { readParams, type Params, type Shape, type Values } from './params.ts'

/** One operation of an HTTP API. A GET gets no parameters. */
export type Route = {
  method: 'GET' | 'POST'
  path: `/${string}`
  answer: (params: Params) => Answer | Promise<Answer>
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
    answer: (params) => {
      const read = readParams(params, shape)
      return read.ok ? answer(read.values) : read.answer
    },
  }
}
