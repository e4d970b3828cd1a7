import type { YamlPath } from './finding.ts'
import type { LintedProcess } from './linted-process.ts'

const SECRET = /private_?key|secret|password|passphrase|mnemonic|keystore/i
const VARIABLE = /\$\(env:(.*)\)/
/** 32 bytes of hex. A hash would look the same, but a process has no reason to hold one. */
const KEY = /^(?:0x)?[0-9a-fA-F]{64}$/

const INPUT = 'engines keep what a process holds on their chain, for everybody to read; keys stay with the service'
const LITERAL = 'a secret does not belong in a file; write NAME=$(env:NAME), or keep it on a volume of the service'

/** Nothing secret in what engines store. The list of env is not stored, so a variable may bring a secret there. */
export function lintSecrets(process: LintedProcess): void {
  process.definition.steps.forEach((step, at) => {
    const held = step.type === 'task' ? 'inputs' : 'conditions'
    checkHeld(step[held], ['steps', at, held], process)
    if (step.type === 'filter') return
    step.instance?.env?.forEach((entry, place) => {
      const [name = '', value = ''] = entry.split('=')
      const isSecret = SECRET.test(name) ? value !== '' && !VARIABLE.test(value) : KEY.test(value)
      if (isSecret) process.report(['steps', at, 'instance', 'env', place], 'secret', LITERAL)
    })
  })
}

function checkHeld(value: unknown, path: YamlPath, process: LintedProcess): void {
  if (typeof value === 'string' && isSecretText(value)) process.report(path, 'secret', INPUT)
  if (typeof value !== 'object' || value === null) return
  for (const [key, item] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key]
    if (SECRET.test(key)) process.report(at, 'secret', INPUT)
    else checkHeld(item, at, process)
  }
}

function isSecretText(text: string): boolean {
  return KEY.test(text) || SECRET.test(VARIABLE.exec(text)?.[1] ?? '')
}
