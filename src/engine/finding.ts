/** Something wrong in a YAML file: where, by which rule, and why it matters. Lines and columns count from 1. */
export type Finding = { file: string; line: number; column: number; rule: string; reason: string }

/** Steps from a document's root to one of its values. */
export type YamlPath = readonly (string | number)[]

/** Notes a finding at a place of the file that is being read. */
export type Report = (path: YamlPath, rule: string, reason: string) => void

/** One line, as compilers print theirs. */
export function formatFinding({ file, line, column, rule, reason }: Finding): string {
  return `${file}:${line}:${column} ${rule}: ${reason}`
}
