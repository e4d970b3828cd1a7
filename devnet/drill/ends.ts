/** What has to be undone, latest first. */
export type Ends = {
  /** What is added when everything is over already is undone at once. */
  add: (what: string, end: () => Promise<void> | void) => void
  /** Undoes everything, whatever fails on the way; the names of what failed come back. */
  run: () => Promise<readonly string[]>
}

/** Collects the ends of what is opened, so that nothing stays behind however far the opening came. */
export function createEnds(): Ends {
  const ends: { what: string; end: () => Promise<void> | void }[] = []
  const failed: string[] = []
  let over = false

  async function undo(): Promise<void> {
    for (let last = ends.pop(); last; last = ends.pop()) {
      try {
        await last.end()
      } catch {
        failed.push(last.what)
      }
    }
  }

  return {
    add: (what, end) => {
      ends.push({ what, end })
      if (over) void undo()
    },
    run: async () => {
      over = true
      await undo()
      return failed
    },
  }
}
