import { Command, InvalidArgumentError } from 'commander'
import { loadConfig } from '../config.ts'
import { askDaemon } from './control-client.ts'
import { gateText, readGate } from './gate-report.ts'
import { configOption, shutdownSignal } from './options.ts'

type Given = { config: string; json: boolean; timeout?: number }

/** `plasma-guard drain` */
export function drainCommand(): Command {
  return new Command('drain')
    .description('has the running guard begin nothing new, waits until all that is under way has ended, and ends it')
    .addOption(configOption())
    .option('--timeout <seconds>', 'ends it then in any case; what is under way is followed by the next start', seconds)
    .option('--json', 'one JSON object', false)
    .action(async ({ config, json, timeout }: Given) => {
      const body = timeout === undefined ? {} : { timeout_seconds: timeout }
      const loaded = loadConfig(config, process.env)
      const gate = readGate(await askDaemon(loaded, 'POST /drain', { body, signal: shutdownSignal() }))
      const isDrained = gate.state === 'draining' && gate.under_way === 0
      process.stdout.write(json ? `${JSON.stringify({ ...gate, drained: isDrained })}\n` : drainText(gate, isDrained))
      process.exitCode = isDrained ? 0 : 1
    })
}

function drainText(gate: ReturnType<typeof readGate>, isDrained: boolean): string {
  if (isDrained) return 'Drained: nothing is under way, and the guard ends.\n'
  if (gate.state === 'draining')
    return `The time is over and the guard ends with ${String(gate.under_way)} answers under way: the next start follows them.\n`
  return `Somebody has resumed the guard meanwhile.\n${gateText(gate)}`
}

function seconds(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value > 0 && value <= 1_000_000))
    throw new InvalidArgumentError('expected seconds above zero')
  return value
}
