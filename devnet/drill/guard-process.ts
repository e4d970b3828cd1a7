import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { stringify } from 'yaml'
import { type Hex, toHex } from '../../src/lib/bytes.ts'
import { projectRoot } from '../package-files.ts'
import { type Child, startChild } from './child.ts'
import type { Ends } from './ends.ts'

/** What stands in a `guard.yml`. */
export type GuardFile = {
  rootChain: { urls: readonly string[]; plasmaFramework: string; confirmations?: number }
  watcher?: { url: string; trusted?: boolean }
  childChain?: { url: string; withholdingSeconds?: number; slaMarginBlocks?: number }
  accounts?: readonly { keystore: string; passwordFile: string }[]
  mode?: 'observe' | 'advise' | 'defend' | 'defend-and-exit'
}

/** Where a program lives, and with what it ends. */
type Home = {
  directory: string
  /** Where what it prints is kept. */
  logFile?: string
  signal: AbortSignal
  ends: Ends
}

/**
 * Starts `plasma-guard run` in a folder of its own; resolves when it is at work.
 *
 * @param engine - The variables of a MESG engine, for which the guard is started as a service instead.
 */
export async function startGuard(
  home: Home,
  file: GuardFile,
  { privateKey, engine }: { privateKey: Hex; engine?: Readonly<Record<string, string>> },
): Promise<Child> {
  const config = await writeConfig(home.directory, file)
  const args = [engine ? 'mesg' : 'run', '--config', config]
  const guard = program(home, 'guard', { args, env: { PRIVATE_KEY: privateKey, ...engine } })
  await guard.until(({ msg }) => msg === 'guard started', 'the guard to start')
  return guard
}

/** Starts `plasma-guard watch`; resolves with its URL when it serves. */
export async function startWatcher(home: Home, file: GuardFile): Promise<string> {
  const config = await writeConfig(home.directory, { ...file, mode: 'observe' })
  const args = ['watch', '--config', config, '--port', '0', '--finality-margin-blocks', '0']
  const watcher = program(home, 'watcher', { args })
  const started = await watcher.until(({ msg }) => msg === 'watcher started', 'the Watcher to start')
  return String(started['url'])
}

/** Runs `plasma-guard remember` for a guard that lives there. */
export async function remember(
  { directory, signal }: Home,
  signedTxs: readonly Uint8Array[],
  privateKey: Hex,
): Promise<void> {
  const { PATH = '', HOME = '' } = process.env
  const env = { PATH, HOME, PRIVATE_KEY: privateKey }
  const args = [main(), 'remember', '--config', join(directory, CONFIG), ...signedTxs.map(toHex)]
  await promisify(execFile)(process.execPath, args, { cwd: directory, env, signal })
}

const CONFIG = 'guard.yml'

async function writeConfig(directory: string, file: GuardFile): Promise<string> {
  await mkdir(directory, { recursive: true })
  const path = join(directory, CONFIG)
  await writeFile(path, stringify({ ...file, data: './data' }))
  return path
}

function program(
  { directory, logFile, signal, ends }: Home,
  name: string,
  { args, env = {} }: { args: readonly string[]; env?: Record<string, string> },
): Child {
  const child = startChild({
    ...{ name, command: process.execPath, args: [main(), ...args], env, cwd: directory, signal },
    ...(logFile !== undefined && { logFile }),
  })
  ends.add(`the ${name}`, child.stop)
  return child
}

function main(): string {
  return join(projectRoot(), 'dist', 'src', 'cli', 'main.js')
}
