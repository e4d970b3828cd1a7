import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Generation } from './double.ts'
import type { Shown } from './chain.ts'
import { startGuardEngine } from './guard-engine.ts'

type Options = {
  generation: Generation
  port: number
  /** Folder of process files; those of this package by default. */
  processes?: string
  stepMs: number
  /** Gets the variables that a service of this engine needs. */
  file: string
  signal: AbortSignal
  say: (text: string) => void
}

/** Runs a double of a MESG engine until the signal comes, and says what it does. */
export async function runEngine({ file, signal, say, ...options }: Options): Promise<void> {
  const engine = await startGuardEngine({
    ...options,
    onExecution: (execution) => {
      say(lineOf(execution))
    },
  })
  await mkdir(dirname(file), { recursive: true })
  const lines = Object.entries(engine.variables).map(([name, value]) => `${name}=${value}\n`)
  await writeFile(file, lines.join(''), { mode: 0o600 })
  say(`engine of generation ${options.generation} at ${engine.endpoint}; the variables of its service are in ${file}`)
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve()
    })
  })
  await engine.close()
}

function lineOf({ process, taskKey, status, error }: Shown): string {
  return `${process} ${taskKey}: ${error === undefined ? status : `failed: ${error}`}`
}
