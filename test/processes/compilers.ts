import { z } from 'zod'

/**
 * What the schemas of the two published compilers ask of a process file, written down by hand from their documentation
 * and without a look at our own reader. They let more pass than the lint does: unknown properties of a step, above all.
 */

const absent = z.undefined().optional()
const base58 = z.string().regex(/^[1-9A-HJ-NP-Za-km-z]+$/)
const name = /^[a-zA-Z0-9_]+$/
const env = z
  .array(z.string())
  .refine((entries) => new Set(entries).size === entries.length)
  .optional()
const instance = z.union([
  z.looseObject({ src: z.string(), service: absent, env }),
  z.looseObject({ service: base58, src: absent, env }),
])
const runsOn = z.union([
  z.looseObject({ instance, instanceHash: absent }),
  z.looseObject({ instanceHash: base58, instance: absent }),
])
const key = z.string().optional()
const value: z.ZodType = z.lazy(() =>
  z.union([
    z.boolean(),
    z.number(),
    z.string(),
    z.null(),
    z.array(value),
    z.looseObject({ key: z.string(), stepKey: z.string().optional() }),
    z.record(z.string(), value),
  ]),
)
const trigger = z
  .union([
    z.looseObject({ type: z.literal('trigger'), key, eventKey: z.string(), taskKey: absent }),
    z.looseObject({ type: z.literal('trigger'), key, taskKey: z.string(), eventKey: absent }),
  ])
  .and(runsOn)
const task = z
  .looseObject({
    type: z.literal('task'),
    key,
    taskKey: z.string(),
    inputs: z.record(z.string().regex(name), value).optional(),
  })
  .and(runsOn)

const textOnly = z.record(z.string().regex(name), z.string())
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])
const predicate = z.enum(['EQ', 'GT', 'GTE', 'LT', 'LTE', 'CONTAINS'])
const richer = z.union([
  z.record(z.string().regex(name), scalar),
  z.array(z.looseObject({ key: z.string(), predicate, value: scalar })),
])

function processWith(conditions: z.ZodType): z.ZodType {
  const filter = z.looseObject({ type: z.literal('filter'), key, conditions })
  return z.strictObject({ name: z.string(), key, steps: z.array(z.union([trigger, filter, task])) })
}

export const compilers: readonly [version: string, schema: z.ZodType][] = [
  ['0.2.0', processWith(textOnly)],
  ['0.3.1', processWith(richer)],
]
