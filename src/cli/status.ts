import { Command } from 'commander'
import { loadConfig } from '../config.ts'
import type { GuardStatus } from '../guard/guard-status.ts'
import { sleep } from '../lib/sleep.ts'
import { askDaemon } from './control-client.ts'
import { configOption, shutdownSignal } from './options.ts'
import { statusText } from './status-report.ts'

type StatusOptions = { json: boolean; watch: boolean }

type Ports = {
  /** Asks the running daemon. */
  read: () => Promise<GuardStatus>
  write: (text: string) => void
  signal: AbortSignal
}

const AGAIN_MS = 2_000

/** `plasma-guard status` */
export function statusCommand(): Command {
  return new Command('status')
    .description('prints what the running guard has to answer, until when, and what is under way')
    .addOption(configOption())
    .option('--json', 'one JSON object a look', false)
    .option('--watch', 'looks again every two seconds', false)
    .action(async ({ config, ...options }: StatusOptions & { config: string }) => {
      const settings = loadConfig(config, process.env)
      const signal = options.watch ? shutdownSignal() : new AbortController().signal
      // Whoever has shown it the token is the daemon of this version or a near one: its answer is taken as it is.
      const read = async () => (await askDaemon(settings, 'GET /status', { signal })) as GuardStatus
      const write = (text: string) => {
        process.stdout.write(text)
      }
      await status(options, { read, write, signal })
    })
}

/** Prints how the daemon stands, once, or again and again until the signal. */
export async function status({ json, watch }: StatusOptions, { read, write, signal }: Ports): Promise<void> {
  do {
    const found = await read()
    write(json ? `${JSON.stringify(found)}\n` : statusText(found))
    if (watch) await sleep(AGAIN_MS, signal)
  } while (watch && !signal.aborted)
}
