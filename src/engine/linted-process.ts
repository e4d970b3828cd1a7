import type { Report } from './finding.ts'
import type { ProcessDefinition } from './process-definition.ts'

/** A process file that has been read, and a way to note what is wrong with it. */
export type LintedProcess = { file: string; definition: ProcessDefinition; report: Report }
