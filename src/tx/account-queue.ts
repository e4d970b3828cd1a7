/** Runs the jobs of each account one after the other, in the order of arrival; accounts do not wait for each other. */
export type AccountQueue = <Result>(account: string, job: () => Promise<Result>) => Promise<Result>

/** A job that fails does not stop those behind it. */
export function createAccountQueue(): AccountQueue {
  const tails = new Map<string, Promise<unknown>>()
  return (account, job) => {
    const before = tails.get(account) ?? Promise.resolve()
    const result = before.then(job, job)
    const tail = result.catch(() => undefined)
    tails.set(account, tail)
    void tail.then(() => tails.get(account) === tail && tails.delete(account))
    return result
  }
}
