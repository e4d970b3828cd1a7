import type { FilterNode, Graph, Node, Output } from './graph.ts'
import type { AnyJson } from './json.ts'
import type { ReferencePath } from './reference-path.ts'

/**
 * The graph as compiler 0.3.1 posts it to engines v0.21 to v0.26: the JSON of amino, where every choice carries the
 * name of its Go type, maps are sorted lists, and a zero is left out.
 */
export function graphOfGenerationB(graph: Graph, instanceHash: string): AnyJson {
  const nodes = graph.nodes.map((node) => ({ key: node.key, Type: typeOf(node, { graph, instanceHash }) }))
  return { name: graph.name, nodes, edges: graph.edges }
}

type Around = { graph: Graph; instanceHash: string }

function typeOf(node: Node, { graph, instanceHash }: Around): AnyJson {
  switch (node.type) {
    case 'event':
      return choice('Process_Node_Event_', { event: { instanceHash, eventKey: node.eventKey } })
    case 'result':
      return choice('Process_Node_Result_', { result: { instanceHash, taskKey: node.taskKey } })
    case 'task':
      return choice('Process_Node_Task_', { task: { instanceHash, taskKey: node.taskKey } })
    case 'map':
      return choice('Process_Node_Map_', { map: fieldsOf(node.outputs) })
    case 'filter':
      return choice('Process_Node_Filter_', { filter: { conditions: conditionsOf(node, graph) } })
  }
}

function choice(type: string, value: AnyJson): AnyJson {
  return { type: `mesg.types.${type}`, value }
}

const EQUAL = 1

/** A filter looks at the data of the node before it. */
function conditionsOf({ key: filter, conditions }: FilterNode, { edges }: Graph): AnyJson {
  const nodeKey = edges.find(({ dst }) => dst === filter)?.src ?? ''
  return [...conditions]
    .sort((left, right) => left.key.localeCompare(right.key))
    .map(({ key, value }) => ({
      ref: { nodeKey, path: pathOf([key]) },
      predicate: EQUAL,
      value: { Kind: choice('Value_StringValue', { string_value: value }) },
    }))
}

function fieldsOf(outputs: Record<string, Output>): AnyJson {
  return Object.entries(outputs)
    .sort(([left], [right]) => left.localeCompare(right))
    .map(([Key, output]) => ({ Key, Value: { Value: outputOf(output) } }))
}

function outputOf(output: Output): AnyJson {
  switch (output.type) {
    case 'constant':
      return constant(output.value)
    case 'reference':
      return choice('Process_Node_Reference', { ref: { nodeKey: output.nodeKey, path: pathOf(output.path) } })
    case 'list': {
      const outputs = output.items.map((item) => ({ Value: outputOf(item) }))
      return choice('Process_Node_Map_Output_List_', { list: { outputs } })
    }
    case 'map':
      return choice('Process_Node_Map_Output_Map_', { map: fieldsOf(output.fields) })
  }
}

function constant(value: string | number | boolean | null): AnyJson {
  if (value === null) return choice('Process_Node_Map_Output_Null_', {})
  if (typeof value === 'number') return choice('Process_Node_Map_Output_DoubleConst', { double_const: value })
  return typeof value === 'boolean'
    ? choice('Process_Node_Map_Output_BoolConst', { bool_const: value })
    : choice('Process_Node_Map_Output_StringConst', { string_const: value })
}

/** Each selector holds the next one; an index is text, as every 64-bit integer of amino. */
function pathOf([first, ...rest]: ReferencePath): AnyJson {
  if (first === undefined) return null
  const Selector =
    typeof first === 'number'
      ? choice('Process_Node_Reference_Path_Index', first === 0 ? {} : { index: String(first) })
      : choice('Process_Node_Reference_Path_Key', { key: first })
  return { Selector, path: pathOf(rest) }
}
