import type { Finding, Report } from './finding.ts'
import { lintFlow } from './lint-flow.ts'
import { lintInstances } from './lint-instances.ts'
import { lintLoops } from './lint-loops.ts'
import { lintSteps } from './lint-steps.ts'
import { readDefinition } from './process-definition.ts'
import type { ProcessDefinition } from './process-definition.ts'
import type { Service } from './service.ts'

/** A process file that has been read, and a way to note what is wrong with it. */
export type LintedProcess = { definition: ProcessDefinition; report: Report }

/**
 * Everything that would keep process files from running alike on every MESG engine, or that those would only tell
 * their log. Sorted by file and line. Without a service what depends on its events and tasks is not checked.
 */
export function lintFiles(files: readonly { file: string; text: string }[], service: Service | undefined): Finding[] {
  const sources = files.map(({ file, text }) => readDefinition(file, text))
  const processes = sources.flatMap(({ definition, report }) => (definition ? [{ definition, report }] : []))
  for (const process of processes) {
    lintSteps(process)
    lintInstances(process)
    lintFlow(process, service)
  }
  lintLoops(processes)
  return sources.flatMap(({ findings }) => findings.sort((left, right) => left.line - right.line))
}
