import type { Struct, Value, WireNode, WireOutput, WirePath, WireProcess } from './wire.ts'

/** An execution as far as it matters to what comes after it. */
export type Ancestor = {
  hash: string
  processHash: string
  nodeKey: string
  outputs: Struct
  parent: Ancestor | undefined
}

/** A process under way: what it began with, and the execution before, if there is one. */
type Walk = { process: WireProcess; processHash: string; before: Ancestor | undefined }

/** What an engine does next: a task to be executed. */
type Call = { nodeKey: string; taskKey: string; inputs: Struct }

/** A step that cannot be made: an engine writes it into its log, and goes on with something else. */
export class StepError extends Error {}

/**
 * The tasks that follow a node which has its data. What an engine of each generation does with filters differs.
 *
 * @throws {@link StepError}
 */
export function callsAfter(walk: Walk, node: WireNode, { data, generation }: Flow): Call[] {
  const children = walk.process.edges.filter(({ src }) => src === node.key).map(({ dst }) => nodeAt(walk, dst))
  return children.flatMap((child) => {
    if (child.task) return [{ nodeKey: child.key, taskKey: child.task.taskKey, inputs: data }]
    if (child.filter) return passes(child.filter, data, generation) ? callsAfter(walk, child, { data, generation }) : []
    if (!child.map) throw new StepError(`trigger "${child.key}" in the middle of a process`)
    const made = { fields: mapFields(child.map.outputs, (output) => valueOf({ walk, map: child, data }, output)) }
    return callsAfter(walk, child, { data: made, generation })
  })
}

type Flow = { data: Struct; generation: 'a' | 'b' }

function nodeAt({ process }: Walk, key: string): WireNode {
  const node = process.nodes.find((each) => each.key === key)
  if (!node) throw new StepError(`node "${key}" not found`)
  return node
}

/** Old engines compare texts, and take everything else for an empty one; new ones find a path first. */
function passes({ conditions }: NonNullable<WireNode['filter']>, data: Struct, generation: 'a' | 'b'): boolean {
  return conditions.every(({ key, value }) => {
    const found = data.fields?.[key]
    return generation === 'a' ? (found?.stringValue ?? '') === value : found?.stringValue === value
  })
}

type Scope = { walk: Walk; map: WireNode; data: Struct }

function valueOf(scope: Scope, output: WireOutput): Value {
  if (output.ref) return refer(scope, output.ref)
  if (output.list) return { listValue: { values: (output.list.outputs ?? []).map((item) => valueOf(scope, item)) } }
  if (output.map) return { structValue: { fields: mapFields(output.map.outputs ?? {}, (one) => valueOf(scope, one)) } }
  return constantOf(output)
}

function constantOf({ stringConst, doubleConst, boolConst }: WireOutput): Value {
  if (stringConst !== undefined) return { stringValue: stringConst }
  if (doubleConst !== undefined) return { numberValue: doubleConst }
  return boolConst === undefined ? { nullValue: 0 } : { boolValue: boolConst }
}

function refer({ walk, map, data }: Scope, { nodeKey, path }: NonNullable<WireOutput['ref']>): Value {
  if (nodeAt(walk, nodeKey).task) return at(outputsOf(walk, nodeKey), path)
  const isParent = walk.process.edges.some(({ src, dst }) => src === nodeKey && dst === map.key)
  if (!isParent) throw new StepError('ref can only reference a parent node for non task nodes')
  return at(data, path)
}

/** Up the line of executions, as long as they are of this process. */
function outputsOf({ before, processHash }: Walk, nodeKey: string): Struct {
  for (let each = before; each?.processHash === processHash; each = each.parent) {
    if (each.nodeKey === nodeKey) return each.outputs
  }
  throw new StepError(before ? "reference's nodeKey not found" : 'panic: no execution before this reference')
}

function at(data: Struct, path: WirePath | undefined): Value {
  let value: Value = { structValue: data }
  for (let step = path; step; step = step.path) {
    const found = partOf(value, step)
    if (!found) throw new StepError(`key ${step.key ?? `[${String(step.index)}]`} not found`)
    value = found
  }
  return value
}

function partOf(value: Value, { key, index = 0 }: WirePath): Value | undefined {
  return key === undefined ? value.listValue?.values?.[index] : value.structValue?.fields?.[key]
}

function mapFields<From, To>(fields: Record<string, From>, make: (from: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(fields).map(([key, from]) => [key, make(from)]))
}
