import { Command } from 'commander'
import { loadConfig } from '../config.ts'
import { openChannels } from '../guard/notifying.ts'
import type { Channel, Delivery } from '../notify/channel.ts'
import { testMessage } from '../notify/message.ts'
import { configOption, shutdownSignal } from './options.ts'

/** `plasma-guard notify test` */
export function notifyCommand(): Command {
  const test = new Command('test')
    .description(
      'sends one test alarm through every webhook and by mail, whatever their levels, and says how each went',
    )
    .addOption(configOption())
    .option('--json', 'one JSON array instead of lines')
    .action(async (options: { config: string; json?: boolean }) => {
      const { notify } = loadConfig(options.config, process.env)
      const tried = await tryAll(openChannels(notify), shutdownSignal())
      process.stdout.write(options.json ? `${JSON.stringify(tried)}\n` : asLines(tried))
      process.exitCode = tried.length > 0 && tried.every(({ ok }) => ok) ? 0 : 1
    })
  return new Command('notify').description('works with those who are told of alarms').addCommand(test)
}

type Tried = Delivery & { channel: string }

function tryAll(channels: readonly Channel[], signal: AbortSignal): Promise<Tried[]> {
  const message = testMessage(Date.now())
  return Promise.all(channels.map(async ({ name, send }) => ({ channel: name, ...(await send(message, signal)) })))
}

function asLines(tried: readonly Tried[]): string {
  if (tried.length === 0) return 'Nobody is told of alarms: set notify.webhooks or notify.mail in guard.yml.\n'
  return tried
    .map((each) => `${each.ok ? 'ok    ' : 'FAILED'} ${each.channel}${each.ok ? '' : `: ${each.why}`}\n`)
    .join('')
}
