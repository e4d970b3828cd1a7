type Attachment = {
  /** Notes that the engine listens now; false when this attachment is over. */
  ready: () => boolean
  /** Aborts when the program ends, or somebody has given this attachment up. */
  signal: AbortSignal
  end: () => void
}

type Waiter = { resolve: () => void; reject: (why: Error) => void }

/** Whether an engine is there just now, for everybody who needs one. */
export function createAttachment() {
  const waiters = new Set<Waiter>()
  let current: AbortController | undefined
  let isReady = false
  let closed: Error | undefined

  function release(how: (waiter: Waiter) => void): void {
    for (const waiter of waiters) how(waiter)
    waiters.clear()
  }

  return {
    begin: (signal: AbortSignal): Attachment => {
      const controller = new AbortController()
      current = controller
      return {
        signal: AbortSignal.any([signal, controller.signal]),
        ready: () => {
          if (current !== controller || controller.signal.aborted) return false
          isReady = true
          release(({ resolve }) => {
            resolve()
          })
          return true
        },
        end: () => {
          current = undefined
          isReady = false
        },
      }
    },
    /** Rejects when no engine will ever be there. */
    untilReady: () =>
      new Promise<void>((resolve, reject) => {
        if (closed) reject(closed)
        else if (isReady) resolve()
        else waiters.add({ resolve, reject })
      }),
    /** Gives the present attachment up, to begin another. */
    drop: () => {
      current?.abort()
    },
    close: (why: Error) => {
      closed = why
      release(({ reject }) => {
        reject(why)
      })
    },
  }
}
