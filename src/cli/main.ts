#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { packageRoot } from '../config.ts'
import { GuardError } from '../lib/errors.ts'

/** Each command brings its own code, and only the one that was asked for is loaded: a guard should be awake soon. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./run.ts')).runCommand(),
  mesg: async () => (await import('./mesg.ts')).mesgCommand(),
  watch: async () => (await import('./watch.ts')).watchCommand(),
  config: async () => (await import('./config.ts')).configCommand(),
  exit: async () => (await import('./exit.ts')).exitCommand(),
  remember: async () => (await import('./remember.ts')).rememberCommand(),
  process: async () => (await import('./process.ts')).processCommand(),
  devnet: async () => (await import('./devnet.ts')).devnetCommand(),
  drill: async () => (await import('./drill.ts')).drillCommand(),
}

const { version, description } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
  version: string
  description: string
}

const program = new Command('plasma-guard')
  .description(description)
  .version(version)
  .showHelpAfterError()
  .addHelpText('after', '\nExit codes: 0 done; 1 not done, the reason is on standard error.')

try {
  const [, , name = ''] = process.argv
  const asked = Object.hasOwn(commands, name) ? commands[name] : undefined
  for (const load of asked ? [asked] : Object.values(commands)) program.addCommand(await load())
  await program.parseAsync()
} catch (error) {
  // What the program threw on purpose explains itself; anything else is a bug and shows where.
  const text =
    error instanceof GuardError ? `${error.code}: ${error.message}` : error instanceof Error ? error.stack : error
  process.stderr.write(`${String(text)}\n`)
  process.exitCode = 1
}
