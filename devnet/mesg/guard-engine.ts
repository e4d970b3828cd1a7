import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../src/config.ts'
import { loadProcesses } from '../../src/guard/processes.ts'
import { readDeclaration } from './declaration.ts'
import { type EngineDouble, type Generation, startEngineDouble } from './double.ts'
import type { Shown } from './chain.ts'
import { wireProcess } from './wire-process.ts'

type Options = {
  generation: Generation
  /** Folder of process files; those of this package by default. */
  processes?: string
  port?: number
  stepMs?: number
  onExecution?: (execution: Shown) => void
}

/** A double of a MESG engine that knows the guard as a service, and runs its processes. */
export async function startGuardEngine({ processes, ...options }: Options): Promise<EngineDouble> {
  const graphs = loadProcesses(processes ?? join(packageRoot, 'processes'), {})
  const declaration = readDeclaration(readFileSync(join(packageRoot, 'mesg.yml'), 'utf8'))
  const engine = await startEngineDouble({ ...options, declaration })
  for (const graph of graphs) engine.addProcess(wireProcess(graph, engine.instanceHash))
  return engine
}
