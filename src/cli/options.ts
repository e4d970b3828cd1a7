import { Option } from 'commander'

/** Where every command finds its configuration. */
export function configOption(): Option {
  return new Option('-c, --config <file>', 'the configuration; variables of the environment win over it').default(
    'guard.yml',
  )
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
