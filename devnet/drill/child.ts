import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { leash, unleash } from './leash.ts'
import { createLogLines, type LogLines } from './log-lines.ts'

/** A program that the drill has started. */
export type Child = Pick<LogLines, 'lines' | 'until'> & {
  /** Ends it, the hard way when it does not go by itself. Resolves when it is gone. */
  stop: () => Promise<void>
}

type Program = {
  name: string
  command: string
  args: readonly string[]
  env?: Readonly<Record<string, string>>
  cwd: string
  /** Where everything that it prints is kept; nowhere, when it is not given. */
  logFile?: string
  /** Aborted when the scenario is over: nobody waits any longer. */
  signal: AbortSignal
}

const GRACE_MS = 3_000
const COMPLAINT_LENGTH = 2_000

/** Starts a program that logs JSON lines. It never outlives this process. */
export function startChild({ name, command, args, env = {}, cwd, logFile, signal }: Program): Child {
  signal.throwIfAborted()
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(command, args, { env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'], cwd })
  if (child.pid !== undefined) leash(child.pid)
  const log = createLogLines()
  createInterface({ input: child.stdout }).on('line', log.add)
  if (logFile !== undefined) keep(child, logFile)
  let complaint = ''
  child.stderr.on('data', (bytes: Buffer) => {
    complaint = (complaint + bytes.toString('utf8')).slice(-COMPLAINT_LENGTH)
  })
  const gone = untilGone(child).then((why) => {
    if (child.pid !== undefined) unleash(child.pid)
    log.end(`${name} ended (${why}). ${complaint}`.trim())
  })
  signal.addEventListener('abort', () => {
    log.end('the time is over')
  })
  return { lines: log.lines, until: log.until, stop: () => stop(child, gone) }
}

function keep({ stdout, stderr }: ChildProcess, path: string): void {
  const file = createWriteStream(path)
  // Whatever is wrong with the disk is no fault of the program.
  file.on('error', () => undefined)
  stdout?.pipe(file)
  stderr?.pipe(file)
}

function untilGone(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      resolve(error.message)
    })
    child.once('close', (code, killedBy) => {
      resolve(killedBy ?? `exit code ${code ?? 'none'}`)
    })
  })
}

async function stop(child: ChildProcess, gone: Promise<void>): Promise<void> {
  child.kill('SIGTERM')
  const impatience = setTimeout(() => child.kill('SIGKILL'), GRACE_MS)
  await gone
  clearTimeout(impatience)
}
