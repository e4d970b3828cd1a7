import type { LintedProcess } from './linted-process.ts'

/** Which tasks run when a task has a result. */
type Follower = { after: string; calls: string[]; at: number; process: LintedProcess }

/** A task whose result starts, through whichever processes, the same task again would never end. */
export function lintLoops(processes: readonly LintedProcess[]): void {
  const followers = processes.flatMap(followersOf)
  for (const { after, calls, at, process } of followers) {
    if (reachable(calls, followers).has(after)) {
      process.report(['steps', at, 'taskKey'], 'endless', `${after} would start itself again, without an end`)
    }
  }
}

function followersOf(process: LintedProcess): Follower[] {
  const { steps } = process.definition
  const calls = steps.flatMap((step) => (step.type === 'task' ? [step.taskKey] : []))
  return steps.flatMap((step, at) =>
    step.type === 'trigger' && step.taskKey !== undefined ? [{ after: step.taskKey, calls, at, process }] : [],
  )
}

/** These tasks, and all that their results lead to. */
function reachable(tasks: readonly string[], followers: readonly Follower[]): Set<string> {
  const found = new Set(tasks)
  // A set grows while it is walked, and is walked to its end.
  for (const task of found) {
    for (const { after, calls } of followers) if (after === task) for (const call of calls) found.add(call)
  }
  return found
}
