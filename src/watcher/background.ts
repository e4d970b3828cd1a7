/** Work in the background: asked for while it runs, it runs once more. */
export type Background = {
  ask: () => void
  /** Resolves when nothing is being done. */
  idle: () => Promise<void>
}

/** Work that never runs twice at once. */
export function createBackground(work: () => Promise<void>, failed: (error: unknown) => void): Background {
  let running: Promise<void> | undefined
  let asked = false
  async function run(): Promise<void> {
    while (asked) {
      asked = false
      await work().catch(failed)
    }
    running = undefined
  }
  return {
    ask: () => {
      asked = true
      running ??= run()
    },
    idle: () => running ?? Promise.resolve(),
  }
}
