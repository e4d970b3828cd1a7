import { mkdir } from 'node:fs/promises'
import type { Generation } from '../mesg/double.ts'
import { asSummary, asTable } from './report.ts'
import { playAll } from './runner.ts'
import type { Result } from './scenario.ts'
import { scenarios } from './scenarios.ts'
import { worldOpener } from './world.ts'

type Options = {
  /** Names of the scenarios to play; all, when it is empty. */
  names: readonly string[]
  json: boolean
  /** Directory that gets what the programs under test print. */
  logs?: string
  /** The MESG engine that runs the processes; the embedded one, when it is not given. */
  engine?: Generation
  atOnce: number
  timeLimitMs: number
  signal: AbortSignal
}

/** One line a scenario: its name, its modes, its story. */
export function listScenarios(): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length))
  return scenarios
    .map(({ name, modes, story }) => `${name.padEnd(width)}  ${modes.join(', ').padEnd(16)}  ${story}\n`)
    .join('')
}

/** Names that no scenario has. */
export function unknownScenarios(names: readonly string[]): readonly string[] {
  return names.filter((name) => !scenarios.some((scenario) => scenario.name === name))
}

/** Plays scenarios and reports them: progress on standard error, results on standard output. Resolves with whether all passed. */
export async function drill({ names, json, logs, engine, atOnce, timeLimitMs, signal }: Options): Promise<boolean> {
  if (logs !== undefined) await mkdir(logs, { recursive: true })
  const chosen = scenarios.filter(({ name }) => names.length === 0 || names.includes(name))
  const results = await playAll({
    scenarios: chosen,
    open: worldOpener({ ...(logs !== undefined && { logDirectory: logs }), ...(engine && { engine }) }),
    atOnce,
    timeLimitMs,
    signal,
    progress: (text) => {
      process.stderr.write(`${text}\n`)
    },
    onResult: (result) => {
      if (json) process.stdout.write(`${JSON.stringify(result)}\n`)
    },
  })
  if (!json) process.stdout.write(`${asTable(results)}\n${asSummary(results)}\n`)
  return results.length > 0 && results.every(isPass)
}

function isPass({ outcome }: Result): boolean {
  return outcome === 'pass'
}
