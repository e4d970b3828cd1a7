import { Command } from 'commander'
import { loadConfig } from '../config.ts'
import { runGuard } from '../daemon.ts'
import { mesgRunner } from '../guard/process-runner.ts'
import { createLogger } from '../lib/logger.ts'
import { readEngineVariables } from '../mesg/variables.ts'
import { acceptRiskOption, configOption, shutdownSignal } from './options.ts'

/** `plasma-guard mesg` */
export function mesgCommand(): Command {
  return new Command('mesg')
    .description('guards as a service of a MESG engine, which runs the processes; its MESG_* variables name the engine')
    .addOption(configOption())
    .addOption(acceptRiskOption())
    .option('--log-level <level>', 'debug, info, warn or error', 'info')
    .action(async (options: { config: string; logLevel: string; acceptRisk?: string[] }) => {
      const engine = readEngineVariables(process.env)
      const config = loadConfig(options.config, process.env)
      await runGuard(config, {
        environment: process.env,
        log: createLogger(options.logLevel),
        acceptedRisks: options.acceptRisk ?? [],
        signal: shutdownSignal(),
        openRunner: mesgRunner(engine),
      })
      // A task that outlasts the time for draining must not keep the container.
      process.exit(0)
    })
}
