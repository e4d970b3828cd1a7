import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { leash, unleash } from './leash.ts'

/** One JSON line that a program printed; `time` is the ms epoch of its logger. */
export type LogLine = Readonly<Record<string, unknown>> & { time?: number; msg?: string }

/** A program that the drill has started. */
export type Child = {
  name: string
  /** Everything it has logged so far. */
  lines: readonly LogLine[]
  /** Resolves with the first line that matches, past ones included. Rejects when it ends, or when the drill is over. */
  until: (matches: (line: LogLine) => boolean, what: string) => Promise<LogLine>
  isRunning: () => boolean
  /** Ends it, the hard way when it does not go by itself. Resolves when it is gone. */
  stop: () => Promise<void>
  /** What it last said on standard error, for a person. */
  complaint: () => string
}

type Program = {
  name: string
  command: string
  args: readonly string[]
  env?: Readonly<Record<string, string>>
  cwd?: string
  /** Aborted when the scenario is over: nobody waits any longer. */
  signal: AbortSignal
}

type Waiter = { matches: (line: LogLine) => boolean; resolve: (line: LogLine) => void; reject: (error: Error) => void }

const GRACE_MS = 3_000
const COMPLAINT_LENGTH = 2_000

/** Starts a program that logs JSON lines. It never outlives this process. */
export function startChild({ name, command, args, env = {}, cwd, signal }: Program): Child {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(command, args, {
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  })
  if (child.pid !== undefined) leash(child.pid)
  const lines: LogLine[] = []
  const waiters = new Set<Waiter>()
  let complaint = ''
  let ended: string | undefined

  function giveUp(why: string): void {
    for (const waiter of waiters) waiter.reject(new Error(why))
    waiters.clear()
  }

  const gone = new Promise<void>((resolve) => {
    const end = (why: string) => {
      if (child.pid !== undefined) unleash(child.pid)
      ended = `${name} ended (${why}). ${complaint}`.trim()
      giveUp(ended)
      resolve()
    }
    child.once('error', (error) => {
      end(error.message)
    })
    child.once('close', (code, killedBy) => {
      end(killedBy ?? `exit code ${code ?? 'none'}`)
    })
  })

  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = parseLine(text)
    lines.push(line)
    for (const waiter of [...waiters].filter(({ matches }) => matches(line))) {
      waiters.delete(waiter)
      waiter.resolve(line)
    }
  })
  child.stderr.on('data', (bytes: Buffer) => {
    complaint = (complaint + bytes.toString('utf8')).slice(-COMPLAINT_LENGTH)
  })
  signal.addEventListener('abort', () => {
    giveUp(`The time for ${name} is over.`)
  })

  async function until(matches: Waiter['matches'], what: string): Promise<LogLine> {
    const past = lines.find(matches)
    if (past) return past
    if (ended !== undefined) throw new Error(`Waiting for ${what}: ${ended}`)
    if (signal.aborted) throw new Error(`Waited for ${what} in vain.`)
    return new Promise<LogLine>((resolve, reject) => {
      const fail = (error: Error) => {
        reject(new Error(`Waiting for ${what}: ${error.message}`))
      }
      waiters.add({ matches, resolve, reject: fail })
    })
  }

  async function stop(): Promise<void> {
    if (ended !== undefined) return
    child.kill('SIGTERM')
    const impatience = setTimeout(() => child.kill('SIGKILL'), GRACE_MS)
    await gone
    clearTimeout(impatience)
  }

  return { name, lines, until, isRunning: () => ended === undefined, stop, complaint: () => complaint }
}

/** A line that is no JSON object is kept as its message. */
function parseLine(text: string): LogLine {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as LogLine
  } catch {
    return { msg: text }
  }
  return { msg: text }
}
