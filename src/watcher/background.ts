/** Work in the background: asked for while it runs, it runs once more. */
export type Background = {
  ask: () => void
  /** Resolves when nothing is being done. */
  idle: () => Promise<void>
  /** How often in a row it has failed. */
  failures: () => number
}

/** Work that never runs twice at once. */
export function createBackground(work: () => Promise<void>, failed: (error: unknown) => void): Background {
  let running: Promise<void> | undefined
  let asked = false
  let failures = 0
  async function run(): Promise<void> {
    while (asked) {
      asked = false
      await work().then(
        () => {
          failures = 0
        },
        (error: unknown) => {
          failures++
          failed(error)
        },
      )
    }
    running = undefined
  }
  return {
    ask: () => {
      asked = true
      running ??= run()
    },
    idle: () => running ?? Promise.resolve(),
    failures: () => failures,
  }
}
