import { Option, type Command } from 'commander'

/** Where every command finds its configuration. */
export function configOption(): Option {
  return new Option('-c, --config <file>', 'the configuration; variables of the environment win over it').default(
    'guard.yml',
  )
}

/** Of every command that guards. */
export function acceptRiskOption(): Option {
  return new Option('--accept-risk <name...>', 'starts although the start-up check calls a setting of this name unsafe')
}

/** What every command takes that sends transactions for a person. */
export function byHandOptions(command: Command): Command {
  return command
    .addOption(configOption())
    .option('--dry-run', 'prints every call with its cost and effect, and sends nothing', false)
    .option('--json', 'one JSON object for each event, and one for how it ended', false)
    .option('--yes', 'asks nothing', false)
}

/** A generation of MESG engines. */
export function generationOption(description: string): Option {
  return new Option('--generation <generation>', description).choices(['a', 'b'])
}

/** An abort signal that SIGINT and SIGTERM pull; a second one ends the program at once. */
export function shutdownSignal(): AbortSignal {
  const controller = new AbortController()
  const stop = () => {
    if (controller.signal.aborted) process.exit(1)
    controller.abort()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return controller.signal
}
