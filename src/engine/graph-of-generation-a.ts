import type { Graph, Node, Output } from './graph.ts'
import type { AnyJson } from './json.ts'
import type { ReferencePath } from './reference-path.ts'

/**
 * The graph as compiler 0.2.0 hands it to engines v0.18 to v0.20: the fields of the protobuf messages by name, an
 * instance by its hash.
 */
export function graphOfGenerationA({ name, nodes, edges }: Graph, instanceHash: string): AnyJson {
  return { name, nodes: nodes.map((node) => ({ key: node.key, [node.type]: content(node, instanceHash) })), edges }
}

function content(node: Node, instanceHash: string): AnyJson {
  switch (node.type) {
    case 'event':
      return { instanceHash, eventKey: node.eventKey }
    case 'result':
    case 'task':
      return { instanceHash, taskKey: node.taskKey }
    case 'map':
      return { outputs: outputsOf(node.outputs) }
    case 'filter':
      return { conditions: node.conditions.map(({ key, value }) => ({ key, predicate: EQUAL, value })) }
  }
}

const EQUAL = 1

function outputsOf(outputs: Record<string, Output>): AnyJson {
  return Object.fromEntries(Object.entries(outputs).map(([key, output]) => [key, outputOf(output)]))
}

function outputOf(output: Output): AnyJson {
  switch (output.type) {
    case 'constant':
      return constant(output.value)
    case 'reference':
      return { ref: { nodeKey: output.nodeKey, path: pathOf(output.path) } }
    case 'list':
      return { list: { outputs: output.items.map(outputOf) } }
    case 'map':
      return { map: { outputs: outputsOf(output.fields) } }
  }
}

function constant(value: string | number | boolean | null): AnyJson {
  if (value === null) return { null: 0 }
  if (typeof value === 'number') return { doubleConst: value }
  return typeof value === 'boolean' ? { boolConst: value } : { stringConst: value }
}

/** Each selector holds the next one. */
function pathOf([first, ...rest]: ReferencePath): AnyJson {
  if (first === undefined) return null
  const path = pathOf(rest)
  return typeof first === 'number'
    ? { selector: 'index', key: null, index: first, path }
    : { selector: 'key', key: first, index: null, path }
}
