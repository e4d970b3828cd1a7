/** One JSON line that a program printed; `time` is the ms epoch of its logger. */
export type LogLine = Readonly<Record<string, unknown>> & { time?: number; msg?: string }

type Matches = (line: LogLine) => boolean
type Waiter = { matches: Matches; resolve: (line: LogLine) => void; reject: (error: Error) => void }

/** What a program has logged so far, and those who wait for it to log more. */
export type LogLines = {
  lines: readonly LogLine[]
  add: (text: string) => void
  /** Resolves with the first line that matches, past ones included. Rejects when nothing more will come. */
  until: (matches: Matches, what: string) => Promise<LogLine>
  /** Nothing more will come: why. */
  end: (why: string) => void
}

export function createLogLines(): LogLines {
  const lines: LogLine[] = []
  const waiters = new Set<Waiter>()
  let ended: string | undefined

  function add(text: string): void {
    const line = parseLine(text)
    lines.push(line)
    for (const waiter of [...waiters].filter(({ matches }) => matches(line))) {
      waiters.delete(waiter)
      waiter.resolve(line)
    }
  }

  function until(matches: Matches, what: string): Promise<LogLine> {
    const past = lines.find(matches)
    if (past) return Promise.resolve(past)
    const error = (why: string) => new Error(`Waiting for ${what}: ${why}`)
    if (ended !== undefined) return Promise.reject(error(ended))
    return new Promise((resolve, reject) => {
      waiters.add({
        matches,
        resolve,
        reject: ({ message }) => {
          reject(error(message))
        },
      })
    })
  }

  function end(why: string): void {
    ended ??= why
    for (const waiter of waiters) waiter.reject(new Error(why))
    waiters.clear()
  }

  return { lines, add, until, end }
}

/** A line that is no JSON object is kept as its message. */
function parseLine(text: string): LogLine {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed }
  } catch {
    return { msg: text }
  }
  return { msg: text }
}
