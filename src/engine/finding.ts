/** Every rule that a YAML file can break. */
export type Rule =
  | 'ambiguous-scalar'
  | 'constant-key'
  | 'endless'
  | 'env-reference'
  | 'env-value'
  | 'filter-form'
  | 'input-type'
  | 'instance'
  | 'missing-input'
  | 'name'
  | 'null-constant'
  | 'optional-reference'
  | 'printable'
  | 'reference-path'
  | 'reference-scope'
  | 'same-instance'
  | 'schema'
  | 'secret'
  | 'single-trigger'
  | 'source'
  | 'step-key'
  | 'syntax'
  | 'tag'
  | 'trigger-first'
  | 'unique-key'
  | 'unknown-event'
  | 'unknown-field'
  | 'unknown-input'
  | 'unknown-property'
  | 'unknown-task'
  | 'unsafe-number'

/** Something wrong in a YAML file: where, by which rule, and why it matters. Lines and columns count from 1. */
export type Finding = { file: string; line: number; column: number; rule: Rule; reason: string }

/** Steps from a document's root to one of its values. */
export type YamlPath = readonly (string | number)[]

/** Notes a finding at a place of the file that is being read. */
export type Report = (path: YamlPath, rule: Rule, reason: string) => void

/** One line, as compilers print theirs. */
export function formatFinding({ file, line, column, rule, reason }: Finding): string {
  return `${file}:${line}:${column} ${rule}: ${reason}`
}
