import { Command } from 'commander'
import { loadConfig } from '../config.ts'
import { askDaemon } from './control-client.ts'
import { gateText, readGate } from './gate-report.ts'
import { configOption } from './options.ts'

/** `plasma-guard pause` */
export function pauseCommand(): Command {
  return gateCommand('pause', 'has the running guard begin no new answer, also after a restart, until `resume`')
}

/** `plasma-guard resume` */
export function resumeCommand(): Command {
  return gateCommand('resume', 'has the running guard answer again, at once, and ends a drain')
}

function gateCommand(name: 'pause' | 'resume', description: string): Command {
  return new Command(name)
    .description(description)
    .addOption(configOption())
    .option('--json', 'one JSON object', false)
    .action(async ({ config, json }: { config: string; json: boolean }) => {
      const gate = readGate(await askDaemon(loadConfig(config, process.env), `POST /${name}`))
      process.stdout.write(json ? `${JSON.stringify(gate)}\n` : gateText(gate))
    })
}
