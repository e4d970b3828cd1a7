import type { Config } from '../config.ts'
import { perform, rehearse, type Answering, type NamedEvent, type Ran } from '../guard/answer-by-hand.ts'
import { openByHand, type Hand } from '../guard/by-hand.ts'
import { loadProcesses, loadService } from '../guard/processes.ts'
import { openDatabase } from '../store/database.ts'
import { holdSendingLock } from '../store/sending-lock.ts'
import { ranText, rehearsalJson, rehearsalText, type Rehearsal } from './answer-report.ts'
import { confirm, logTo, type Dialogue } from './dialogue.ts'

export type AnswerOptions = { dryRun: boolean; json: boolean; yes: boolean }

/** Who commands, and how it is stopped. */
export type Person = {
  dialogue: Dialogue
  signal: AbortSignal
  environment: Readonly<Record<string, string | undefined>>
}

/** Finds the events that a command is about. */
type Finder = (hand: Hand, answering: Answering) => Promise<readonly NamedEvent[]>

/**
 * Rehearses the processes of some events, shows what they would send, asks, and runs them once.
 *
 * @returns Whether everything ended well, or was only to be shown.
 * @throws {@link NotConfirmedError}, {@link AnotherSenderError}
 */
export async function answerByHand(
  config: Config,
  { find, ...options }: AnswerOptions & { find: Finder },
  { dialogue, signal, environment }: Person,
): Promise<boolean> {
  const answering = { service: loadService(), graphs: loadProcesses(config.processes, environment) }
  const stop = new AbortController()
  const database = openDatabase(config.data)
  let hand: Hand | undefined
  try {
    const surroundings = { database, log: logTo(dialogue), progress: dialogue.progress }
    hand = await openByHand(config, { ...surroundings, signal: AbortSignal.any([signal, stop.signal]) })
    const rehearsals: Rehearsal[] = []
    for (const event of await find(hand, answering)) {
      rehearsals.push({ event, ...(await rehearse(event, hand, answering)) })
    }
    await show(rehearsals, hand, { dialogue, json: options.json })
    if (options.dryRun) return true
    const open = rehearsals.filter(({ advised }) => advised.length > 0)
    if (open.length === 0) return rehearsals.every(({ ran }) => isGood(ran))
    if (!options.yes) await confirm(dialogue, 'send')
    const release = holdSendingLock(config.data)
    try {
      await hand.resume()
      return await send(open, hand, { answering, dialogue, json: options.json })
    } finally {
      release()
    }
  } finally {
    stop.abort()
    await hand?.ended
    database.close()
  }
}

type Saying = { dialogue: Dialogue; json: boolean }

async function show(rehearsals: readonly Rehearsal[], hand: Hand, { dialogue, json }: Saying): Promise<void> {
  const { now } = await hand.prices()
  if (rehearsals.length === 0) dialogue.progress('There is nothing to answer.')
  for (const each of rehearsals) {
    dialogue.write(json ? `${JSON.stringify(rehearsalJson(each))}\n` : rehearsalText(each, now))
  }
}

async function send(
  rehearsals: readonly Rehearsal[],
  { world }: Hand,
  { answering, dialogue, json }: Saying & { answering: Answering },
): Promise<boolean> {
  let isAllGood = true
  for (const { event } of rehearsals) {
    const ran = await perform(event, world, answering)
    dialogue.write(json ? `${JSON.stringify({ event: event.key, ...ran })}\n` : ranText(ran))
    isAllGood &&= isGood(ran)
  }
  return isAllGood
}

const GOOD: readonly unknown[] = ['done_by_us', 'done_by_other', 'not_needed']

function isGood({ outcomes, failures }: Ran): boolean {
  return failures.length === 0 && outcomes.every(({ outcome }) => GOOD.includes(outcome))
}
