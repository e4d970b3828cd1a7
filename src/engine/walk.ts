import { childrenOf, findNode, isParent } from './graph.ts'
import type { FilterNode, Graph, MapNode, Node, Output, TaskNode } from './graph.ts'
import type { JsonObject, JsonValue } from './json.ts'
import { resolvePath } from './reference-path.ts'
import type { Resolved } from './reference-path.ts'

/** What happens next on one branch of a run. */
export type Next =
  | { type: 'call'; node: TaskNode; inputs: JsonObject }
  | { type: 'filtered'; nodeKey: string }
  /** The step cannot be made; the branch ends here. */
  | { type: 'aborted'; nodeKey: string; reason: string }
  | { type: 'ended'; nodeKey: string }

/** Where a run stands: the node that has its data, and the outputs of the tasks that this run has been through. */
export type Standing = { nodeKey: string; data: JsonObject; results: ReadonlyMap<string, JsonObject> }

/**
 * Walks from a node that has its data (a trigger that fired, a task that completed) to the next tasks to call. Pure:
 * whoever runs the process keeps the execution, then calls.
 */
export function next(graph: Graph, standing: Standing): Next[] {
  const children = childrenOf(graph, standing.nodeKey)
  if (children.length === 0) return [{ type: 'ended', nodeKey: standing.nodeKey }]
  return children.flatMap((child) => enter(graph, child, standing))
}

function enter(graph: Graph, node: Node, standing: Standing): Next[] {
  switch (node.type) {
    case 'task':
      return [{ type: 'call', node, inputs: standing.data }]
    case 'filter':
      if (!matches(node, standing.data)) return [{ type: 'filtered', nodeKey: node.key }]
      return next(graph, { ...standing, nodeKey: node.key })
    case 'map': {
      const data = resolveFields(node.outputs, (output) => resolve({ graph, node, standing }, output))
      if (!data.ok) return [{ type: 'aborted', nodeKey: node.key, reason: data.reason }]
      return next(graph, { ...standing, nodeKey: node.key, data: data.value })
    }
    case 'event':
    case 'result':
      return [{ type: 'aborted', nodeKey: node.key, reason: 'a trigger cannot follow a step' }]
  }
}

/** Text only, and fields of the data itself only: what both generations of engines compare alike. */
function matches({ conditions }: FilterNode, data: JsonObject): boolean {
  return conditions.every(({ key, value }) => {
    const found = Object.hasOwn(data, key) ? data[key] : undefined
    return (typeof found === 'string' ? found : '') === value
  })
}

type Scope = { graph: Graph; node: MapNode; standing: Standing }

function resolve(scope: Scope, output: Output): Resolved {
  switch (output.type) {
    case 'constant':
      if (output.value === null) return { ok: false, reason: 'null cannot cross a process engine' }
      return { ok: true, value: output.value }
    case 'reference':
      return resolveReference(scope, output)
    case 'list':
      return resolveItems(output.items, (item) => resolve(scope, item))
    case 'map':
      return resolveFields(output.fields, (field) => resolve(scope, field))
  }
}

/** A task is reached from anywhere behind it; a trigger or a filter only from the map right after it. */
function resolveReference({ graph, node, standing }: Scope, output: Extract<Output, { type: 'reference' }>): Resolved {
  const target = findNode(graph, output.nodeKey)
  if (target === undefined) return { ok: false, reason: `node "${output.nodeKey}" not found` }
  if (target.type === 'task') {
    const outputs = standing.results.get(target.key)
    if (outputs === undefined) return { ok: false, reason: "reference's nodeKey not found" }
    return resolvePath(output.path, outputs)
  }
  if (isParent(graph, target.key, node.key)) return resolvePath(output.path, standing.data)
  return { ok: false, reason: 'ref can only reference a parent node for non task nodes' }
}

type ResolvedObject = { ok: true; value: JsonObject } | { ok: false; reason: string }

function resolveFields(fields: Record<string, Output>, resolveOne: (output: Output) => Resolved): ResolvedObject {
  const resolved: [string, JsonValue][] = []
  for (const [key, output] of Object.entries(fields)) {
    const found = resolveOne(output)
    if (!found.ok) return found
    resolved.push([key, found.value])
  }
  return { ok: true, value: Object.fromEntries(resolved) }
}

function resolveItems(items: readonly Output[], resolveOne: (output: Output) => Resolved): Resolved {
  const values: JsonValue[] = []
  for (const item of items) {
    const found = resolveOne(item)
    if (!found.ok) return found
    values.push(found.value)
  }
  return { ok: true, value: values }
}
