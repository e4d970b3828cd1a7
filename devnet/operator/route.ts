import type { Answer } from './envelope.ts'
import type { Operator } from './operator.ts'

/** Answers one POST of the operator's API, given its parameters. */
export type Route = (operator: Operator, parameters: Readonly<Record<string, unknown>>) => Answer | Promise<Answer>
