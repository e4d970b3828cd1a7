import { Command, InvalidArgumentError } from 'commander'
import { loadConfig, type Config } from '../config.ts'
import { eventOf } from '../events/event.ts'
import { identityOf } from '../events/identity.ts'
import type { Condition } from '../exit-game/condition.ts'
import { toJsonObject } from '../engine/json.ts'
import { answerByHand, type AnswerOptions, type Person } from './answer.ts'
import { terminal } from './dialogue.ts'
import { byHandOptions, shutdownSignal } from './options.ts'

/** `plasma-guard challenge` */
export function challengeCommand(): Command {
  const command = new Command('challenge')
    .description('finds what is wrong with an exit, shows every challenge of it, asks, and sends them')
    .argument('<exit-id>', 'of a standard or an in-flight exit, as a decimal number', exitId)
  return byHandOptions(command).action(
    async (id: bigint, { config, ...options }: AnswerOptions & { config: string }) => {
      const person = { dialogue: terminal, signal: shutdownSignal(), environment: process.env }
      const isGood = await challenge(loadConfig(config, process.env), { ...options, exitId: id }, person)
      process.exitCode = isGood ? 0 : 1
    },
  )
}

/** What a challenge or a response answers: nothing of it needs the key of an owner. */
const CHALLENGED: readonly Condition['type'][] = [
  'invalid_exit',
  'noncanonical_ife',
  'invalid_ife_challenge',
  'invalid_piggyback',
]

/** Challenges an exit by hand in every way that applies. */
export function challenge(
  config: Config,
  { exitId: id, ...options }: AnswerOptions & { exitId: bigint },
  person: Person,
): Promise<boolean> {
  return answerByHand(
    config,
    {
      ...options,
      find: async ({ conditions }) => {
        const wrong = (await conditions()).filter((each) => 'exitId' in each && each.exitId === id)
        const challenged = wrong.filter(({ type }) => CHALLENGED.includes(type))
        // Two ways of seeing may tell the same.
        const distinct = new Map(challenged.map((each) => [identityOf(each), each]))
        return [...distinct.values()].map((each) => {
          const { key, data } = eventOf(each, 1)
          return { key, data: toJsonObject(data) }
        })
      },
    },
    person,
  )
}

function exitId(text: string): bigint {
  if (!/^\d{1,60}$/.test(text)) throw new InvalidArgumentError('expected a decimal number')
  return BigInt(text)
}
