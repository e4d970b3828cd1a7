import type { LintedProcess } from './linted-process.ts'
import type { Step } from './process-definition.ts'

type Instance = NonNullable<Extract<Step, { type: 'task' }>['instance']>

/** Whether a folder, named as seen from a process file, holds a service. */
export type LeadsToService = (file: string, src: string) => boolean

/** Where the steps run: the one service beside the process file, started once. */
export function lintInstances(process: LintedProcess, leadsToService: LeadsToService): void {
  const { definition, report } = process
  const steps = definition.steps.flatMap((step, at) => (step.type === 'filter' ? [] : [{ step, at }]))
  const first = steps[0]?.step.instance
  for (const { step, at } of steps) {
    if (step.instanceHash !== undefined) {
      report(['steps', at, 'instanceHash'], 'instance', 'instanceHash runs on some engines only; use instance.src')
    }
    if (step.instance === undefined) continue
    checkInstance(step.instance, at, process)
    const problem = sourceProblem(step.instance.src, (src) => leadsToService(process.file, src))
    if (problem !== undefined) report(['steps', at, 'instance', 'src'], 'source', problem)
    if (first !== undefined && identity(step.instance) !== identity(first)) {
      report(
        ['steps', at, 'instance'],
        'same-instance',
        'differs from the first step: engines start one container for each list of env; use one YAML anchor',
      )
    }
  }
}

/** Two containers of one service would both answer, each with its own memory of what it has done. */
export function lintSameInstance(processes: readonly LintedProcess[]): void {
  const instances = processes.flatMap((process) => {
    const at = process.definition.steps.findIndex((step) => step.type !== 'filter' && step.instance !== undefined)
    const step = process.definition.steps[at]
    return step && step.type !== 'filter' && step.instance ? [{ process, at, instance: step.instance }] : []
  })
  for (const { process, at, instance } of instances) {
    const first = instances.find((other) => other.instance.src === instance.src)
    if (first === undefined || identity(first.instance) === identity(instance)) continue
    process.report(
      ['steps', at, 'instance'],
      'same-instance',
      `the list of env differs from ${first.process.file}: engines would start a second container`,
    )
  }
}

const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\/|^[\w.-]+@[\w.-]+:/i
const TARBALL = /\.(?:tar\.gz|tgz|tar)(?:$|\?)/

function sourceProblem(src: string | undefined, leadsToService: (src: string) => boolean): string | undefined {
  if (src === undefined) return undefined
  if (ADDRESS.test(src)) {
    const isFixed = src.includes('#') || TARBALL.test(src)
    return isFixed ? undefined : 'without #BRANCH the command line clones the branch master, whatever the default is'
  }
  if (src === '') return 'is empty'
  if (/^(?:\/|[a-zA-Z]:|\\)/.test(src)) return 'an absolute path exists on one machine only'
  return leadsToService(src) ? undefined : `${src} holds no mesg.yml with a Dockerfile beside it`
}

function checkInstance(instance: Instance, at: number, { report }: LintedProcess): void {
  const path = ['steps', at, 'instance']
  if (instance.service !== undefined) report([...path, 'service'], 'instance', 'use src; engines differ on service')
  for (const key of Object.keys(instance).filter((key) => !['src', 'service', 'env'].includes(key))) {
    report([...path, key], 'unknown-property', `an instance has no property ${key}; compilers ignore it`)
  }
  const names = new Set<string>()
  instance.env?.forEach((entry, place) => {
    const problem = entryProblem(entry, names)
    if (problem !== undefined) report([...path, 'env', place], 'env-value', problem)
  })
}

function entryProblem(entry: string, names: Set<string>): string | undefined {
  const [name = '', ...values] = entry.split('=')
  if (!/^[a-zA-Z][a-zA-Z0-9_]*$/.test(name)) return 'an entry reads NAME=value'
  if (values.length === 0) return `${name} has no value; write ${name}=value`
  if (values.length > 1) return 'the value must not contain =; engines refuse it or cut it off'
  if (names.has(name)) return `${name} is set twice`
  names.add(name)
  return undefined
}

function identity({ src, env = [] }: Instance): string {
  return JSON.stringify([src, env])
}
