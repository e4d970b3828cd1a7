import { checkGraph } from './graph.ts'
import type { Graph, Node, Output } from './graph.ts'
import { isConstantMap, isReference } from './process-definition.ts'
import type { ProcessDefinition, Step, Value } from './process-definition.ts'
import { parseReferencePath } from './reference-path.ts'

/**
 * Turns the steps of a process into the graph that MESG engines run, with the compilers' own node keys: a task with
 * inputs gets a map node `<key>-inputs` before it, and a step without a key becomes `node-<i>`, where i counts the
 * map nodes too.
 *
 * @throws {@link InvalidProcessError} when an engine would not create it.
 */
export function compileProcess(definition: ProcessDefinition): Graph {
  const nodes: Node[] = []
  for (const step of definition.steps) {
    nodes.push(...nodesOf(step, { place: nodes.length, previous: nodes.at(-1)?.key ?? '' }))
  }
  const edges = nodes.slice(1).map(({ key }, at) => ({ src: nodes[at]?.key ?? '', dst: key }))
  const graph = { name: nonEmpty(definition.name) ?? definition.key ?? '', nodes, edges }
  checkGraph(graph)
  return graph
}

function nodesOf(step: Step, { place, previous }: { place: number; previous: string }): Node[] {
  const key = nonEmpty(step.key) ?? `node-${place}`
  const node = nodeOf(step, key)
  if (step.type !== 'task' || step.inputs === undefined) return [node]
  return [{ key: `${key}-inputs`, type: 'map', outputs: outputsOf(step.inputs, previous) }, node]
}

function nodeOf(step: Step, key: string): Node {
  switch (step.type) {
    case 'trigger':
      return step.eventKey === undefined
        ? { key, type: 'result', taskKey: step.taskKey ?? '' }
        : { key, type: 'event', eventKey: step.eventKey }
    case 'task':
      return { key, type: 'task', taskKey: step.taskKey }
    case 'filter':
      return { key, type: 'filter', conditions: conditionsOf(step.conditions) }
  }
}

function conditionsOf(conditions: Record<string, string>) {
  return Object.entries(conditions).map(([key, value]) => ({ key, value }))
}

function outputsOf(inputs: Record<string, Value>, previous: string): Record<string, Output> {
  return Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, outputOf(value, previous)]))
}

function outputOf(value: Value, previous: string): Output {
  if (isReference(value)) {
    return { type: 'reference', nodeKey: nonEmpty(value.stepKey) ?? previous, path: parseReferencePath(value.key) }
  }
  if (Array.isArray(value)) return { type: 'list', items: value.map((item) => outputOf(item, previous)) }
  if (isConstantMap(value)) return { type: 'map', fields: outputsOf(value, previous) }
  return { type: 'constant', value }
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
