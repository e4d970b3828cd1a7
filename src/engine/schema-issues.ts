import type { z } from 'zod'
import type { Report, Rule, YamlPath } from './finding.ts'

/** What MESG engines let pass as a name, a key or a description. */
export const PRINTABLE = /^[\x20-\x7e]*$/

/** Turns a schema's complaints into findings at the lines that they speak of. */
export function reportIssues(error: z.ZodError, report: Report, ruleOf: (path: YamlPath) => Rule = () => 'schema') {
  for (const issue of error.issues) {
    const path = issue.path.filter((part) => typeof part !== 'symbol')
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) report([...path, key], 'unknown-property', `${key} is not a known property`)
    } else {
      report(path, ruleOf(path), `${path.join('.') || 'the file'}: ${messageOf(issue)}`)
    }
  }
}

/** A wrong key carries the reason inside. */
function messageOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message
}
