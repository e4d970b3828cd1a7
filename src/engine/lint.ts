import { formatFinding } from './finding.ts'
import type { Finding } from './finding.ts'
import { lintFlow } from './lint-flow.ts'
import { lintInstances, lintSameInstance } from './lint-instances.ts'
import type { LeadsToService } from './lint-instances.ts'
import { lintLoops } from './lint-loops.ts'
import { lintSecrets } from './lint-secrets.ts'
import { lintSteps } from './lint-steps.ts'
import { readDefinition } from './process-definition.ts'
import type { Service } from './service.ts'

/**
 * Everything that would keep process files from running alike on every MESG engine, or that those would only tell
 * their log. In the order of the files, then of their lines. Without a service what depends on its events and tasks is
 * not checked.
 */
export function lintFiles(
  files: readonly { file: string; text: string }[],
  service: Service | undefined,
  leadsToService: LeadsToService = () => true,
): Finding[] {
  const sources = files.map(({ file, text }) => ({ file, ...readDefinition(file, text) }))
  const processes = sources.flatMap(({ file, definition, report }) =>
    definition ? [{ file, definition, report }] : [],
  )
  for (const process of processes) {
    lintSteps(process)
    lintInstances(process, leadsToService)
    lintSecrets(process)
    lintFlow(process, service)
  }
  lintSameInstance(processes)
  lintLoops(processes)
  return sources.flatMap(({ findings }) => inOrder(findings))
}

/** An anchor's mistakes are met once for each alias. */
function inOrder(findings: readonly Finding[]): Finding[] {
  const distinct = new Map(findings.map((finding) => [formatFinding(finding), finding]))
  return [...distinct.values()].sort((left, right) => left.line - right.line || left.column - right.column)
}
