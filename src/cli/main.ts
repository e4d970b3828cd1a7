#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { packageRoot } from '../config.ts'
import { GuardError } from '../lib/errors.ts'
import { configCommand } from './config.ts'
import { devnetCommand } from './devnet.ts'
import { drillCommand } from './drill.ts'
import { processCommand } from './process.ts'
import { runCommand } from './run.ts'
import { watchCommand } from './watch.ts'

const { version, description } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
  version: string
  description: string
}

const program = new Command('plasma-guard')
  .description(description)
  .version(version)
  .showHelpAfterError()
  .addHelpText('after', '\nExit codes: 0 done; 1 not done, the reason is on standard error.')

for (const command of [
  runCommand(),
  watchCommand(),
  configCommand(),
  processCommand(),
  devnetCommand(),
  drillCommand(),
])
  program.addCommand(command)

try {
  await program.parseAsync()
} catch (error) {
  // What the program threw on purpose explains itself; anything else is a bug and shows where.
  const text =
    error instanceof GuardError ? `${error.code}: ${error.message}` : error instanceof Error ? error.stack : error
  process.stderr.write(`${String(text)}\n`)
  process.exitCode = 1
}
