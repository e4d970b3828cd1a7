import { sleep } from '../lib/sleep.ts'

/** How much longer to wait, in milliseconds, now that these answers are there; undefined when nothing has changed. */
export type Patience<Value> = (answers: readonly Value[]) => number | undefined

/**
 * Waits for several answers: until all are there, for `longestMs`, or for as long as `patience` has after an answer.
 * What comes later is not waited for. A question that rejects is a fault of ours, and rejects all.
 */
export async function gather<Value>(
  questions: readonly Promise<Value>[],
  { longestMs, patience }: { longestMs: number; patience: Patience<Value> },
): Promise<readonly Value[]> {
  const answers: Value[] = []
  const over = new AbortController()
  const end = () => {
    over.abort()
  }
  const take = (answer: Value) => {
    answers.push(answer)
    const more = answers.length === questions.length ? 0 : patience(answers)
    if (more === 0) end()
    else if (more !== undefined) void sleep(more, over.signal).then(end)
  }
  const all = Promise.all(questions.map((question) => question.then(take)))
  await Promise.race([all, sleep(questions.length > 0 ? longestMs : 0, over.signal)])
  end()
  return [...answers]
}
