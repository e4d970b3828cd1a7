import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { loadConfig, type Config } from '../config.ts'
import { readEvent } from '../guard/answer-by-hand.ts'
import { GuardError } from '../lib/errors.ts'
import { answerByHand, type AnswerOptions, type Person } from './answer.ts'
import { terminal } from './dialogue.ts'
import { byHandOptions, shutdownSignal } from './options.ts'

/** `plasma-guard respond` */
export function respondCommand(): Command {
  const command = new Command('respond')
    .description('runs the processes of one event once: shows what they would send, asks, and sends it')
    .argument('<event.json>', 'a file with the event as the log shows it, or - for standard input')
  return byHandOptions(command).action(
    async (file: string, { config, ...options }: AnswerOptions & { config: string }) => {
      const person = { dialogue: terminal, signal: shutdownSignal(), environment: process.env }
      const isGood = await respond(loadConfig(config, process.env), { ...options, event: readJson(file) }, person)
      process.exitCode = isGood ? 0 : 1
    },
  )
}

/** Answers one event by hand; `event` has not been checked. */
export function respond(
  config: Config,
  { event, ...options }: AnswerOptions & { event: unknown },
  person: Person,
): Promise<boolean> {
  const find = (_: unknown, answering: Parameters<typeof readEvent>[1]) =>
    Promise.resolve([readEvent(event, answering)])
  return answerByHand(config, { ...options, find }, person)
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'))
  } catch (error) {
    throw new UnreadableEventError(file, error instanceof Error ? error.message : 'unknown')
  }
}

/** The file is not there, or holds no JSON. */
class UnreadableEventError extends GuardError {
  override readonly code = 'UNREADABLE_EVENT'

  constructor(file: string, why: string) {
    super(`The event in ${file} cannot be read: ${why}`, { file, why })
  }
}
