import { Command, InvalidArgumentError, Option } from 'commander'
import { GuardError } from '../lib/errors.ts'
import { importDevnet } from './devnet.ts'
import { shutdownSignal } from './options.ts'

type Options = {
  json?: boolean
  list?: boolean
  scenario?: string[]
  engine?: 'a' | 'b'
  atOnce: number
  timeLimit: number
  logs?: string
}

/** `plasma-guard drill` */
export function drillCommand(): Command {
  return new Command('drill')
    .description('plays attacks on a local chain against a real guard; exits 0 when every one ends as it must')
    .option('--scenario <names...>', 'only these')
    .addOption(engineOption('runs the processes on a double of a MESG engine of this generation'))
    .option('--list', 'what there is to play')
    .option('--json', 'one JSON object a scenario on standard output')
    .option('--logs <directory>', 'keeps what the programs under test print')
    .option('--at-once <count>', 'how many play at the same time', positive, 2)
    .option('--time-limit <seconds>', 'when a scenario counts as hanging', positive, 180)
    .action(async (options: Options) => {
      const { drill, listScenarios, unknownScenarios } = await importDevnet(() => import('../../devnet/drill/main.ts'))
      if (options.list) {
        process.stdout.write(listScenarios())
        return
      }
      const names = options.scenario ?? []
      const [unknown] = unknownScenarios(names)
      if (unknown !== undefined) throw new UnknownScenarioError(unknown)
      const passed = await drill({
        names,
        json: options.json ?? false,
        ...(options.logs !== undefined && { logs: options.logs }),
        ...(options.engine && { engine: options.engine }),
        atOnce: options.atOnce,
        timeLimitMs: options.timeLimit * 1000,
        signal: shutdownSignal(),
      })
      process.exitCode = passed ? 0 : 1
    })
}

/** v0.18 to v0.20 of the engine are generation a, v0.21 to v0.26 are b. */
function engineOption(description: string): Option {
  return new Option('--engine <generation>', description).choices(['a', 'b'])
}

function positive(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a positive whole number')
  return value
}

class UnknownScenarioError extends GuardError {
  override readonly code = 'UNKNOWN_SCENARIO'

  constructor(name: string) {
    super(`There is no scenario ${name}: see plasma-guard drill --list.`, { name })
  }
}
