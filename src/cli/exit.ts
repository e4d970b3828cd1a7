import { Command } from 'commander'
import { loadConfig, type Config } from '../config.ts'
import { isEmpty, type ExitPlan } from '../exit-game/exit-plan.ts'
import { sleep } from '../lib/sleep.ts'
import { openDeparture, type Departure } from '../guard/leaving-by-hand.ts'
import { openDatabase } from '../store/database.ts'
import { holdSendingLock } from '../store/sending-lock.ts'
import type { ExitOutcome } from '../tasks/exit-outcomes.ts'
import { confirm, logTo, terminal, type Dialogue } from './dialogue.ts'
import { planJson, planText } from './exit-report.ts'
import { configOption, shutdownSignal } from './options.ts'

export type ExitOptions = { dryRun: boolean; json: boolean; yes: boolean }

/** `plasma-guard exit` */
export function exitCommand(): Command {
  return new Command('exit')
    .description('leaves the child chain with everything that your accounts have there; --dry-run only says how')
    .addOption(configOption())
    .option('--dry-run', 'prints the plan, with costs and deadlines, and sends nothing', false)
    .option('--json', 'one JSON object for the plan, and one for how it ended', false)
    .option('--yes', 'asks nothing', false)
    .action(async ({ config, ...options }: ExitOptions & { config: string }) => {
      const person = { dialogue: terminal, signal: shutdownSignal() }
      const done = await exit(loadConfig(config, process.env), options, person)
      process.exitCode = done ? 0 : 1
    })
}

/**
 * Plans to leave, asks, and leaves: again and again, until nothing is left to do or nothing goes on. Interrupted, it
 * goes on where it was when it is called again.
 *
 * @returns Whether everything that the plan could bring home is on its way.
 * @throws {@link NotConfirmedError}, {@link AnotherSenderError}
 */
export async function exit(
  config: Config,
  options: ExitOptions,
  { dialogue, signal }: { dialogue: Dialogue; signal: AbortSignal },
): Promise<boolean> {
  const stop = new AbortController()
  const database = openDatabase(config.data)
  let departure: Departure | undefined
  try {
    const surroundings = { database, log: logTo(dialogue), progress: dialogue.progress }
    departure = await openDeparture(config, { ...surroundings, signal: AbortSignal.any([signal, stop.signal]) })
    const plan = await departure.plan()
    const prices = await departure.prices()
    dialogue.write(options.json ? `${JSON.stringify(planJson(plan, prices))}\n` : planText(plan, prices))
    if (options.dryRun || isEmpty(plan)) return true
    if (!options.yes) await confirm(dialogue, WORD)
    const release = holdSendingLock(config.data)
    try {
      return await leave(departure, plan, { dialogue, signal, json: options.json })
    } finally {
      release()
    }
  } finally {
    stop.abort()
    await departure?.ended
    database.close()
  }
}

const WORD = 'leave'

/** What a first round could not do, such as join an exit that no witness had seen yet, a later one can. */
const MOST_ROUNDS = 10
const BETWEEN_ROUNDS_MS = 3_000

type Leaving = { dialogue: Dialogue; signal: AbortSignal; json: boolean }

async function leave(departure: Departure, first: ExitPlan, { dialogue, signal, json }: Leaving): Promise<boolean> {
  await departure.resume()
  let plan = first
  for (let round = 1; round <= MOST_ROUNDS && !signal.aborted; round++) {
    const outcomes = await departure.carryOut(plan)
    dialogue.write(json ? `${JSON.stringify({ outcomes: outcomes.map(outcomeJson) })}\n` : outcomes.map(line).join(''))
    if (outcomes.every(isFinal)) return outcomes.every(({ outcome }) => outcome === 'done_by_us')
    await sleep(BETWEEN_ROUNDS_MS, signal)
    plan = await departure.plan()
    if (isEmpty(plan)) return true
  }
  return false
}

/** Anything else looks different in the next round: what others have done is seen then, and what failed may go better. */
function isFinal({ outcome }: ExitOutcome): boolean {
  return outcome === 'done_by_us' || outcome === 'impossible' || outcome === 'too_late'
}

function line({ exitId, outcome, reason, txHash }: ExitOutcome): string {
  return `exit ${exitId}: ${outcome}, ${reason}${txHash === undefined ? '' : ` (${txHash})`}\n`
}

function outcomeJson({ exitId, outcome, reason, txHash }: ExitOutcome) {
  return { exit_id: String(exitId), outcome, reason, ...(txHash === undefined ? {} : { tx_hash: txHash }) }
}
