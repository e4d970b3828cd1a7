import { sleep } from '../lib/sleep.ts'

/**
 * Waits for several answers: until all are there, or for `graceMs` after as many as are `enough`, or for `longestMs`.
 * What comes later is not waited for. None of the questions may reject.
 */
export async function gather<Value>(
  questions: readonly Promise<Value>[],
  {
    enough,
    graceMs,
    longestMs,
  }: { enough: (answers: readonly Value[]) => boolean; graceMs: number; longestMs: number },
): Promise<readonly Value[]> {
  const answers: Value[] = []
  const over = new AbortController()
  const all = questions.map(async (question) => {
    answers.push(await question)
    if (answers.length === questions.length) over.abort()
    else if (enough(answers))
      void sleep(graceMs, over.signal).then(() => {
        over.abort()
      })
  })
  if (all.length > 0) await sleep(longestMs, over.signal)
  over.abort()
  return [...answers]
}
