import { GuardError } from '../lib/errors.ts'
import { harmless } from '../lib/harmless.ts'
import { toJsonObject } from './json.ts'
import type { JsonObject } from './json.ts'
import { checkParameters } from './parameter.ts'
import type { Parameters } from './parameter.ts'

/** A task with what `mesg.yml` declares of it. */
export type RunnableTask = {
  inputs: Parameters
  outputs: Parameters
  run: (inputs: JsonObject) => Promise<JsonObject>
}

type Ending = { status: 'completed'; outputs: JsonObject } | { status: 'failed'; error: string }

/**
 * Calls a task with a copy of its inputs, and copies its outputs. Outputs that break their declaration, or that no
 * engine can carry, are a failure.
 */
export async function perform(task: RunnableTask, inputs: JsonObject): Promise<Ending> {
  try {
    const outputs = toJsonObject(await task.run(toJsonObject(inputs)))
    const problems = checkParameters(task.outputs, outputs)
    return problems.length === 0 ? { status: 'completed', outputs } : { status: 'failed', error: problems.join(', ') }
  } catch (error) {
    return { status: 'failed', error: messageOf(error) }
  }
}

/** Never empty: a failure without a message kills the original MESG library. */
function messageOf(error: unknown): string {
  if (error instanceof GuardError) return `${error.code}: ${error.message}`
  if (error instanceof Error && error.message !== '') return harmless(error.message)
  return typeof error === 'string' && error !== '' ? error : 'the task failed without a message'
}
