import type { Hex } from '../lib/bytes.ts'
import type { Logger } from '../lib/logger.ts'
import { executionHash } from './execution.ts'
import type { Execution } from './execution.ts'
import type { Graph, TaskNode, TriggerNode } from './graph.ts'
import type { JsonObject } from './json.ts'
import { checkParameters } from './parameter.ts'
import { perform } from './perform.ts'
import type { RunnableTask } from './perform.ts'
import { next } from './walk.ts'
import type { Next } from './walk.ts'

export type Process = { graph: Graph; trigger: TriggerNode; hash: Promise<Hex> }

export type RunPorts = {
  processes: readonly Process[]
  log: Logger
  taskOf: (key: string) => RunnableTask | undefined
  record: (execution: Execution) => Promise<void> | void
  /** Answers true the first time it is given a hash. */
  claim: (hash: Hex) => Promise<boolean> | boolean
}

/** One run of one process, as far as it has come. */
type Run = {
  process: Process
  event: { key: string; hash: Hex }
  /** The execution that came before. */
  parent?: Hex
  results: ReadonlyMap<string, JsonObject>
}

/**
 * Starts every process that waits for an event, and does what {@link next} says until all of them have ended. Every
 * process and every branch goes its own way; the failure of one stops no other. Never rejects.
 */
export async function runEvent(
  ports: RunPorts,
  { key, data, hash }: { key: string; data: JsonObject; hash: Hex },
): Promise<void> {
  const waiting = ports.processes.filter(({ trigger }) => trigger.type === 'event' && trigger.eventKey === key)
  const runs = waiting.map((process): Run => ({ process, event: { key, hash }, results: new Map() }))
  await Promise.all(runs.map((run) => follow(ports, run, { nodeKey: run.process.trigger.key, data })))
}

/** Processes that wait for a task's result start whoever asked for the task. */
async function runResult(ports: RunPorts, execution: Execution, outputs: JsonObject): Promise<void> {
  const { taskKey, event, hash: parent } = execution
  const waiting = ports.processes.filter(({ trigger }) => trigger.type === 'result' && trigger.taskKey === taskKey)
  const runs = waiting.map((process): Run => ({ process, event, parent, results: new Map() }))
  await Promise.all(runs.map((run) => follow(ports, run, { nodeKey: run.process.trigger.key, data: outputs })))
}

async function follow(ports: RunPorts, run: Run, from: { nodeKey: string; data: JsonObject }): Promise<void> {
  const steps = next(run.process.graph, { ...from, results: run.results })
  await Promise.all(steps.map((step) => take(ports, run, step)))
}

async function take(ports: RunPorts, run: Run, step: Next): Promise<void> {
  const facts = { process: run.process.graph.name, event: run.event.key }
  switch (step.type) {
    case 'call':
      await call(ports, run, step)
      break
    case 'aborted':
      ports.log.error({ ...facts, nodeKey: step.nodeKey, reason: step.reason }, 'step aborted')
      break
    case 'filtered':
    case 'ended':
      ports.log.debug({ ...facts, nodeKey: step.nodeKey, because: step.type }, 'run ended')
  }
}

async function call(ports: RunPorts, run: Run, { node, inputs }: { node: TaskNode; inputs: JsonObject }) {
  const facts = { process: run.process.graph.name, event: run.event.key, nodeKey: node.key, taskKey: node.taskKey }
  const task = ports.taskOf(node.taskKey)
  const problems = task ? checkParameters(task.inputs, inputs) : ['there is no such task']
  if (!task || problems.length > 0) {
    ports.log.error({ ...facts, problems }, 'execution refused')
    return
  }
  const execution = await begin(run, node, inputs)
  if (!(await claim(ports, execution.hash))) {
    ports.log.debug({ ...facts, execution: execution.hash }, 'execution already exists')
    return
  }
  await record(ports, execution)
  const ending = await perform(task, inputs)
  const ended: Execution = { ...execution, ...ending }
  await record(ports, ended)
  if (ending.status === 'failed') {
    ports.log.warn({ ...facts, execution: execution.hash, error: ending.error }, 'execution failed')
    return
  }
  ports.log.info({ ...facts, execution: execution.hash }, 'execution completed')
  const { outputs } = ending
  const onward = { ...run, parent: execution.hash, results: new Map(run.results).set(node.key, outputs) }
  await Promise.all([follow(ports, onward, { nodeKey: node.key, data: outputs }), runResult(ports, ended, outputs)])
}

async function begin({ process, event, parent }: Run, node: TaskNode, inputs: JsonObject): Promise<Execution> {
  const content = {
    processHash: await process.hash,
    nodeKey: node.key,
    taskKey: node.taskKey,
    inputs,
    event,
    ...(parent && { parent }),
  }
  return { ...content, hash: await executionHash(content), process: process.graph.name, status: 'in_progress' }
}

/** A memory that cannot answer must not keep a task from being run: tasks are safe to run twice. */
async function claim({ claim, log }: RunPorts, hash: Hex): Promise<boolean> {
  try {
    return await claim(hash)
  } catch (error) {
    log.error({ err: error, execution: hash }, 'seen executions unknown, running')
    return true
  }
}

async function record({ record, log }: RunPorts, execution: Execution): Promise<void> {
  try {
    await record(execution)
  } catch (error) {
    log.error({ err: error, execution: execution.hash, status: execution.status }, 'execution not recorded')
  }
}
