import { shapeSchema } from './params.ts'
import type { DescribedRoute } from './route.ts'
import { integer, object, orNull, text, type Schema } from './schema.ts'

export const OPEN_API_PATH = '/openapi.json'

/** What every answer is wrapped in, around the data of a route. */
function envelopeSchema({ data, isPaged }: Pick<DescribedRoute, 'data' | 'isPaged'>): Schema {
  return object({
    version: text,
    service_name: text,
    success: { const: true },
    data,
    ...(isPaged && { data_paging: object({ page: integer, limit: integer }) }),
  })
}

/** What a request gets that is refused, whatever the HTTP status. */
const refusalSchema: Schema = object({
  version: text,
  service_name: text,
  success: { const: false },
  data: {
    type: 'object',
    properties: { object: { const: 'error' }, code: text, description: orNull(text), messages: {} },
    required: ['object', 'code', 'description'],
    additionalProperties: false,
  },
})

/** Describes routes for programs, as OpenAPI 3.1. What is refused answers with status 200 too, as with elixir-omg. */
export function openApi(routes: readonly DescribedRoute[], service: { title: string; version: string }): Schema {
  const paths = routes.map((route) => [route.path, { [route.method.toLowerCase()]: operation(route) }] as const)
  return {
    openapi: '3.1.0',
    info: { title: service.title, version: service.version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths: { ...Object.fromEntries(paths), [OPEN_API_PATH]: { get: itself } },
    components: { schemas: { Refusal: refusalSchema } },
  }
}

const refusal: Schema = { $ref: '#/components/schemas/Refusal' }

const itself: Schema = {
  operationId: 'openapi',
  summary: 'This description.',
  responses: { '200': answer('An OpenAPI document, without an envelope.', { type: 'object' }) },
}

function operation(route: DescribedRoute): Schema {
  const { method, path, shape, summary } = route
  const body = { required: false, content: { 'application/json': { schema: shapeSchema(shape) } } }
  return {
    operationId: path.slice(1).replaceAll(/[./]/g, '_'),
    summary,
    ...(method === 'POST' && { requestBody: body }),
    responses: {
      '200': answer('The data, or why there is none.', { oneOf: [envelopeSchema(route), refusal] }),
      '400': answer('The request is no JSON.', refusal),
      '408': answer('The request did not arrive in time.', refusal),
      '413': answer('The request is too large.', refusal),
      '415': answer('The request is of another type than JSON.', refusal),
      '500': answer('An error of the server.', refusal),
    },
  }
}

function answer(description: string, schema: Schema): Schema {
  return { description, content: { 'application/json': { schema } } }
}
