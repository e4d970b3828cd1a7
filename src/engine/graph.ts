import { InvalidProcessError } from './process-definition.ts'
import type { ReferencePath } from './reference-path.ts'

/**
 * A process as a MESG engine runs it, without what differs between the two generations of engines and without the
 * instance that each trigger and task runs on: both are added where a generation is written.
 */
export type Graph = { name: string; nodes: Node[]; edges: { src: string; dst: string }[] }

export type TriggerNode = { key: string } & ({ type: 'event'; eventKey: string } | { type: 'result'; taskKey: string })
export type TaskNode = { key: string; type: 'task'; taskKey: string }
export type MapNode = { key: string; type: 'map'; outputs: Record<string, Output> }
export type FilterNode = { key: string; type: 'filter'; conditions: { key: string; value: string }[] }
export type Node = TriggerNode | TaskNode | MapNode | FilterNode

/** What a map node puts into one field. `constant: null` is what the compilers accept and engines cannot carry. */
export type Output =
  | { type: 'constant'; value: string | number | boolean | null }
  | { type: 'reference'; nodeKey: string; path: ReferencePath }
  | { type: 'list'; items: Output[] }
  | { type: 'map'; fields: Record<string, Output> }

function isTrigger(node: Node): node is TriggerNode {
  return node.type === 'event' || node.type === 'result'
}

/** @throws {@link InvalidProcessError} when the graph has no trigger, or has several. */
export function triggerOf(graph: Graph): TriggerNode {
  const [trigger, ...others] = graph.nodes.filter(isTrigger)
  if (trigger && others.length === 0) return trigger
  throw new InvalidProcessError(['should contain exactly one trigger (result or event)'], graph.name)
}

export function findNode(graph: Graph, key: string): Node | undefined {
  return graph.nodes.find((node) => node.key === key)
}

export function childrenOf(graph: Graph, key: string): Node[] {
  return graph.edges.filter(({ src }) => src === key).flatMap(({ dst }) => findNode(graph, dst) ?? [])
}

export function isParent(graph: Graph, parent: string, child: string): boolean {
  return graph.edges.some(({ src, dst }) => src === parent && dst === child)
}

/**
 * What a MESG engine asks of a process before it creates it: one trigger, edges and top-level references between
 * nodes that exist, and a tree.
 *
 * @throws {@link InvalidProcessError} naming every breach.
 */
export function checkGraph(graph: Graph): void {
  triggerOf(graph)
  const keys = graph.nodes.map(({ key }) => key)
  const known = new Set(keys)
  const problems = [
    ...keys.filter((key, at) => keys.indexOf(key) !== at).map((key) => `multiple nodes with the id "${key}"`),
    ...[...graph.edges.flatMap(({ src, dst }) => [src, dst]), ...topLevelReferences(graph)]
      .filter((key) => !known.has(key))
      .map((key) => `node "${key}" not found`),
  ]
  if (problems.length === 0) problems.push(...treeProblems(graph))
  if (problems.length > 0) throw new InvalidProcessError(problems, graph.name)
}

function topLevelReferences(graph: Graph): string[] {
  return graph.nodes
    .flatMap((node) => (node.type === 'map' ? Object.values(node.outputs) : []))
    .flatMap((output) => (output.type === 'reference' ? [output.nodeKey] : []))
}

/** A connected graph with one parent a node at most and one edge less than nodes is a tree, and has no circle. */
function treeProblems(graph: Graph): string[] {
  const crowded = graph.nodes.filter(({ key }) => graph.edges.filter(({ dst }) => dst === key).length > 1)
  if (crowded.length > 0) return crowded.map(({ key }) => `node "${key}" has more than one parent`)
  const reached = new Set<string>()
  const queue = graph.nodes.filter(isTrigger).map(({ key }) => key)
  for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
    if (reached.has(key)) return ['the graph has a circle']
    reached.add(key)
    queue.push(...childrenOf(graph, key).map((child) => child.key))
  }
  return graph.nodes.filter(({ key }) => !reached.has(key)).map(({ key }) => `node "${key}" is not connected`)
}
