import { lintInputs } from './lint-inputs.ts'
import type { Flow } from './lint-inputs.ts'
import type { LintedProcess } from './linted-process.ts'
import type { Parameters } from './parameter.ts'
import type { Step, TaskStep, TriggerStep } from './process-definition.ts'
import type { Service } from './service.ts'
import { fieldOf, misfit } from './shape.ts'

/** Follows the data through the steps: which events and tasks there are, and whether each input fits its declaration. */
export function lintFlow(process: LintedProcess, service: Service | undefined): void {
  const flow: { step: Step; data: Parameters | undefined }[] = []
  process.definition.steps.forEach((step, at) => {
    const data = flow.at(-1)?.data
    switch (step.type) {
      case 'trigger':
        flow.push({ step, data: service && triggerData(step, { at, process, service }) })
        break
      case 'filter':
        checkConditions(step.conditions, data, { at, process })
        flow.push({ step, data })
        break
      case 'task':
        flow.push({ step, data: checkTask(step, flow, { at, process, service }) })
    }
  })
}

type Place = { at: number; process: LintedProcess; service: Service }

function triggerData({ eventKey, taskKey }: TriggerStep, { at, process, service }: Place): Parameters | undefined {
  if (taskKey !== undefined) return declaredTask(taskKey, { at, process, service })?.outputs
  const event = eventKey !== undefined && Object.hasOwn(service.events, eventKey) ? service.events[eventKey] : undefined
  if (!event) process.report(['steps', at, 'eventKey'], 'unknown-event', `the service has no event ${eventKey ?? ''}`)
  return event?.data
}

function declaredTask(taskKey: string, { at, process, service }: Place) {
  const task = Object.hasOwn(service.tasks, taskKey) ? service.tasks[taskKey] : undefined
  if (!task) process.report(['steps', at, 'taskKey'], 'unknown-task', `the service has no task ${taskKey}`)
  return task
}

type Around = { at: number; process: LintedProcess; service: Service | undefined }

function checkTask(step: TaskStep, flow: Flow, { at, process, service }: Around): Parameters | undefined {
  const task = service && declaredTask(step.taskKey, { at, process, service })
  if (step.inputs !== undefined) {
    lintInputs(step.inputs, task?.inputs, { at, flow, report: process.report })
  } else if (task) {
    checkPassedOn(flow.at(-1)?.data, task.inputs, { at, process })
  }
  return task?.outputs
}

/** A task without inputs gets what the step before it had. */
function checkPassedOn(
  data: Parameters | undefined,
  wanted: Parameters,
  { at, process }: Omit<Place, 'service'>,
): void {
  const problem = data && misfit({ type: 'Object', object: data }, { type: 'Object', object: wanted })
  if (problem !== undefined) {
    process.report(['steps', at], 'missing-input', `the data of the step before, passed on without inputs, ${problem}`)
  }
}

function checkConditions(
  conditions: Record<string, string>,
  data: Parameters | undefined,
  { at, process }: Omit<Place, 'service'>,
): void {
  for (const [key, value] of Object.entries(conditions)) {
    const path = ['steps', at, 'conditions', key]
    if (value === '') {
      process.report(path, 'filter-form', 'engines disagree whether an empty text matches a missing field')
    }
    if (data === undefined) continue
    const field = fieldOf(data, key)
    if (!field) {
      process.report(path, 'unknown-field', `there is no field ${key} in the data of the step before`)
    } else if (misfit(field, { type: 'String' }) !== undefined) {
      process.report(path, 'filter-form', `${key} is of type ${field.type}; only text can be compared on every engine`)
    }
  }
}
