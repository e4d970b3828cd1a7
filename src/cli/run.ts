import { Command } from 'commander'
import { loadConfig } from '../config.ts'
import { runGuard } from '../daemon.ts'
import { createLogger } from '../lib/logger.ts'
import { acceptRiskOption, configOption, shutdownSignal } from './options.ts'

/** `plasma-guard run` */
export function runCommand(): Command {
  return new Command('run')
    .description('guards: sees what goes wrong, runs the processes, answers on the root chain')
    .addOption(configOption())
    .addOption(acceptRiskOption())
    .option('--log-level <level>', 'debug, info, warn or error', 'info')
    .action(async (options: { config: string; logLevel: string; acceptRisk?: string[] }) => {
      const config = loadConfig(options.config, process.env)
      await runGuard(config, {
        acceptedRisks: options.acceptRisk ?? [],
        environment: process.env,
        log: createLogger(options.logLevel),
        signal: shutdownSignal(),
      })
    })
}
