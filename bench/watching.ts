import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { startChild, type Child } from '../devnet/drill/child.ts'
import { createEnds } from '../devnet/drill/ends.ts'
import type { SyncChain } from './sync-chain.ts'

/** A `plasma-guard watch` in a process of its own, which begins with nothing. */
export type Watching = {
  /** Seconds from its start until this child block was validated; 0 asks for its first answer. */
  untilValidated: (blknum: number) => Promise<number>
  /** Seconds from its start until the Info API knew this child block. */
  untilIndexed: (blknum: number) => Promise<number>
  /** The most memory that it ever had, in MiB, as Linux counts what is resident. */
  peakMemory: () => number
  stop: () => Promise<void>
}

type Answer = { success: boolean; data: unknown }

const LOOK_EVERY_MS = 50
const LONGEST_MS = 30 * 60_000
const MAIN = fileURLToPath(new URL('../src/cli/main.js', import.meta.url))

export async function startWatching(
  { rootChain, operator, framework }: SyncChain,
  options: readonly string[] = [],
): Promise<Watching> {
  const ends = createEnds()
  const folder = await mkdtemp(join(tmpdir(), 'plasma-guard-sync-'))
  ends.add('the folder', () => rm(folder, { recursive: true, force: true }))
  const config = { rootChain: { urls: [rootChain], plasmaFramework: framework }, childChain: { url: operator } }
  await writeFile(join(folder, 'guard.yml'), stringify({ ...config, mode: 'observe', data: './data' }))
  const args = [MAIN, 'watch', '--config', 'guard.yml', '--port', '0', '--finality-margin-blocks', '0', ...options]
  const signal = AbortSignal.timeout(LONGEST_MS)
  const started = performance.now()
  const watcher = startChild({ name: 'watch', command: process.execPath, args, cwd: folder, signal })
  ends.add('the watcher', watcher.stop)
  const stop = async () => {
    await ends.run()
  }
  try {
    const { url, infoUrl, pid } = await watcher.until(({ msg }) => msg === 'watcher started', 'the watcher to start')
    const until = async (reached: () => Promise<boolean>) => {
      await poll(watcher, reached)
      return (performance.now() - started) / 1_000
    }
    return {
      untilValidated: (blknum) => until(async () => (await validated(String(url))) >= blknum),
      untilIndexed: (blknum) => until(async () => (await indexed(String(infoUrl))) >= blknum),
      peakMemory: () => peakMemoryOf(Number(pid)),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Fails when the watcher ends, or logs an error. */
async function poll(watcher: Child, reached: () => Promise<boolean>): Promise<void> {
  while (!(await reached())) {
    const error = watcher.lines.find((line) => line['level'] === 'error')
    if (error) throw new Error(`the watcher says: ${JSON.stringify(error)}`)
    await pause(LOOK_EVERY_MS)
  }
}

/** Nothing is validated as long as it does not answer: then it has not caught up with the chains yet. */
async function validated(url: string): Promise<number> {
  const { success, data } = await ask(`${url}/status.get`, {})
  return success ? (data as { last_validated_child_block_number: number }).last_validated_child_block_number : -1
}

async function indexed(url: string): Promise<number> {
  const { success, data } = await ask(`${url}/block.all`, { limit: 1 })
  const [newest] = success ? (data as { blknum: number }[]) : []
  return newest?.blknum ?? -1
}

async function ask(url: string, body: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  return (await response.json()) as Answer
}

function peakMemoryOf(pid: number): number {
  const kibibytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kibibytes) / 1_024
}
