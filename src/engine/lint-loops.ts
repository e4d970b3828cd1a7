import type { LintedProcess } from './linted-process.ts'

/** A task whose result starts, through whichever processes, the same task again would never end. */
export function lintLoops(processes: readonly LintedProcess[]): void {
  const followers = processes.map(({ definition }) => ({
    after: definition.steps.flatMap((step) => (step.type === 'trigger' ? (step.taskKey ?? []) : [])),
    calls: definition.steps.flatMap((step) => (step.type === 'task' ? [step.taskKey] : [])),
  }))
  for (const { definition, report } of processes) {
    const trigger = definition.steps.findIndex((step) => step.type === 'trigger' && step.taskKey !== undefined)
    const step = definition.steps[trigger]
    if (step?.type !== 'trigger' || step.taskKey === undefined) continue
    if (reachable(step.taskKey, followers).has(step.taskKey)) {
      report(['steps', trigger, 'taskKey'], 'endless', `${step.taskKey} would start itself again, without an end`)
    }
  }
}

function reachable(taskKey: string, followers: readonly { after: string[]; calls: string[] }[]): Set<string> {
  const found = new Set<string>()
  const queue = [taskKey]
  for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
    const after = key
    const calls = followers.filter((follower) => follower.after.includes(after)).flatMap((follower) => follower.calls)
    queue.push(...calls.filter((call) => !found.has(call)))
    for (const call of calls) found.add(call)
  }
  return found
}
