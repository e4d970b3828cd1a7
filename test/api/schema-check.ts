import { createRequire } from 'node:module'
import { expect } from '@jest/globals'

type Validate = ((value: unknown) => boolean) & { errors?: unknown }
type Ajv = { compile: (schema: object) => Validate; addVocabulary: (keywords: readonly string[]) => unknown }

/** The validator that comes with fastify. */
const ofFastify = createRequire(createRequire(import.meta.url).resolve('fastify'))
const load = createRequire(ofFastify.resolve('@fastify/ajv-compiler'))
const { default: Ajv2020 } = load('ajv/dist/2020.js') as { default: new (options: object) => Ajv }

type Content = { content: Record<string, { schema: object }> }
type Operation = { requestBody?: Content; responses: Record<string, Content> }
export type OpenApi = {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, object> }
}

/** Holds answers against a description of the API that gave them. */
export function schemaCheck(description: OpenApi) {
  const ajv = new Ajv2020({ strictTypes: false, strictRequired: false, validateFormats: false })
  ajv.addVocabulary(['components'])
  const compiled = new Map<object, Validate>()

  function validator(schema: object): Validate {
    const validate = compiled.get(schema) ?? ajv.compile({ ...schema, components: description.components })
    compiled.set(schema, validate)
    return validate
  }

  return {
    /** Of an operation that is none, only that it was refused. */
    checkAnswer: ({ method, url, status, text }: { method: string; url: string; status: number; text: string }) => {
      const operation = description.paths[url.replace(/\?.*$/, '')]?.[method.toLowerCase()]
      const described = operation?.responses[String(status)]?.content['application/json']?.schema
      const validate = validator(described ?? description.components.schemas['Refusal'] ?? {})
      const fits = validate(JSON.parse(text))
      expect({ url, text, errors: fits ? [] : validate.errors }).toEqual({ url, text, errors: [] })
    },
    /** Whether the description lets a body through. */
    takes: (path: string, body: unknown): boolean => {
      const described = description.paths[path]?.['post']?.requestBody?.content['application/json']?.schema
      return validator(described ?? { not: {} })(body)
    },
  }
}
