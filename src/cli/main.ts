#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { packageRoot } from '../config.ts'
import { GuardError } from '../lib/errors.ts'
import { harmless } from '../lib/harmless.ts'

/** Each command brings its own code, and only the one that was asked for is loaded: a guard should be awake soon. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./run.ts')).runCommand(),
  mesg: async () => (await import('./mesg.ts')).mesgCommand(),
  watch: async () => (await import('./watch.ts')).watchCommand(),
  config: async () => (await import('./config.ts')).configCommand(),
  respond: async () => (await import('./respond.ts')).respondCommand(),
  challenge: async () => (await import('./challenge.ts')).challengeCommand(),
  pause: async () => (await import('./pause.ts')).pauseCommand(),
  resume: async () => (await import('./pause.ts')).resumeCommand(),
  drain: async () => (await import('./drain.ts')).drainCommand(),
  exit: async () => (await import('./exit.ts')).exitCommand(),
  status: async () => (await import('./status.ts')).statusCommand(),
  ledger: async () => (await import('./ledger.ts')).ledgerCommand(),
  audit: async () => (await import('./audit.ts')).auditCommand(),
  remember: async () => (await import('./remember.ts')).rememberCommand(),
  keys: async () => (await import('./keys.ts')).keysCommand(),
  notify: async () => (await import('./notify.ts')).notifyCommand(),
  process: async () => (await import('./process.ts')).processCommand(),
  health: async () => (await import('./health.ts')).healthCommand(),
  devnet: async () => (await import('./devnet.ts')).devnetCommand(),
  drill: async () => (await import('./drill.ts')).drillCommand(),
}

// The journal holds signed transactions, keystores hold keys: what a program makes is its owner's alone.
process.umask(0o077)

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
  const bug = error instanceof Error ? error.stack : error
  const text = error instanceof GuardError ? `${error.code}: ${error.message}` : harmless(String(bug))
  process.stderr.write(`${text}\n`)
  process.exitCode = 1
}
