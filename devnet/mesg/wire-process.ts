import type { Graph, Node, Output } from '../../src/engine/graph.ts'
import type { ReferencePath } from '../../src/engine/reference-path.ts'
import type { WireNode, WireOutput, WirePath, WireProcess } from './wire.ts'

const EQ = 1

/** The graph of a process as it is sent to an engine that runs the service as `instanceHash`. */
export function wireProcess({ name, nodes, edges }: Graph, instanceHash: Uint8Array): WireProcess {
  return { name, nodes: nodes.map((node) => wireNode(node, instanceHash)), edges }
}

function wireNode(node: Node, instanceHash: Uint8Array): WireNode {
  const { key } = node
  switch (node.type) {
    case 'event':
      return { key, event: { instanceHash, eventKey: node.eventKey } }
    case 'result':
      return { key, result: { instanceHash, taskKey: node.taskKey } }
    case 'task':
      return { key, task: { instanceHash, taskKey: node.taskKey } }
    case 'map':
      return { key, map: { outputs: wireOutputs(node.outputs) } }
    case 'filter':
      return { key, filter: { conditions: node.conditions.map((condition) => ({ ...condition, predicate: EQ })) } }
  }
}

function wireOutputs(outputs: Record<string, Output>): Record<string, WireOutput> {
  return Object.fromEntries(Object.entries(outputs).map(([key, output]) => [key, wireOutput(output)]))
}

function wireOutput(output: Output): WireOutput {
  switch (output.type) {
    case 'reference':
      return { ref: { nodeKey: output.nodeKey, ...pathOf(output.path) } }
    case 'list':
      return { list: { outputs: output.items.map(wireOutput) } }
    case 'map':
      return { map: { outputs: wireOutputs(output.fields) } }
    case 'constant':
      return wireConstant(output.value)
  }
}

function wireConstant(value: string | number | boolean | null): WireOutput {
  switch (typeof value) {
    case 'string':
      return { stringConst: value }
    case 'number':
      return { doubleConst: value }
    case 'boolean':
      return { boolConst: value }
    default:
      return { null: 0 }
  }
}

function pathOf([selector, ...rest]: ReferencePath): { path?: WirePath } {
  if (selector === undefined) return {}
  return { path: { ...(typeof selector === 'number' ? { index: selector } : { key: selector }), ...pathOf(rest) } }
}
