import { byUrgency, type Wanted } from './nonce-line.ts'

/**
 * Runs the jobs of each account one after the other; accounts do not wait for each other. Of those that wait the most
 * urgent is next, one without an urgency before all, and the first come of equals. A job that fails stops nobody.
 */
export type AccountQueue = <Result>(account: string, job: () => Promise<Result>, urgency?: Wanted) => Promise<Result>

type Waiting = { run: () => Promise<void>; urgency: Wanted | undefined }

export function createAccountQueue(): AccountQueue {
  const lines = new Map<string, Waiting[]>()
  const drain = async (account: string, line: Waiting[]) => {
    for (let next = takeNext(line); next; next = takeNext(line)) await next.run()
    lines.delete(account)
  }
  return (account, job, urgency) =>
    new Promise((resolve, reject) => {
      const run = () => job().then(resolve, reject)
      const line = lines.get(account)
      if (line) {
        line.push({ run, urgency })
        return
      }
      const begun: Waiting[] = [{ run, urgency }]
      lines.set(account, begun)
      void drain(account, begun)
    })
}

function takeNext(line: Waiting[]): Waiting | undefined {
  let best = 0
  for (const [at, waiting] of line.entries()) {
    const rival = line[best]
    if (rival && isBefore(waiting, rival)) best = at
  }
  return line.splice(best, 1)[0]
}

function isBefore({ urgency }: Waiting, { urgency: rival }: Waiting): boolean {
  if (!rival) return false
  return !urgency || byUrgency(urgency, rival) < 0
}
