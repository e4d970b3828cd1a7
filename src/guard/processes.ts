import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../config.ts'
import { compileProcess } from '../engine/compile.ts'
import type { Environment } from '../engine/environment.ts'
import type { Graph } from '../engine/graph.ts'
import { parseProcess } from '../engine/process-definition.ts'
import { parseService, type Service } from '../engine/service.ts'
import { GuardError } from '../lib/errors.ts'

/** The service definition of this package. */
export function loadService(): Service {
  const file = join(packageRoot, 'mesg.yml')
  return parseService(file, readFileSync(file, 'utf8'))
}

/**
 * Every process of a folder, compiled, in the order of the file names.
 *
 * @throws {@link NoProcessesError} when there is no such folder, or nothing in it.
 * @throws InvalidProcessError, MissingVariableError as the file that is wrong makes necessary.
 */
export function loadProcesses(folder: string, environment: Environment): Graph[] {
  let files: string[]
  try {
    files = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name))
  } catch {
    throw new NoProcessesError(folder)
  }
  if (files.length === 0) throw new NoProcessesError(folder)
  return files.sort().map((name) => {
    const file = join(folder, name)
    return compileProcess(parseProcess(file, readFileSync(file, 'utf8'), environment))
  })
}

/** A guard without processes would watch and do nothing. */
class NoProcessesError extends GuardError {
  override readonly code = 'NO_PROCESSES'

  constructor(folder: string) {
    super(`There is no process file (*.yml) in ${folder}: nothing would be answered.`, { folder })
  }
}
