/** Whoever wants to hear of something. */
export type Listeners<Said> = { add: (listener: (said: Said) => void) => void; tell: (said: Said) => void }

export function createListeners<Said>(): Listeners<Said> {
  const listeners: ((said: Said) => void)[] = []
  return {
    add: (listener) => {
      listeners.push(listener)
    },
    tell: (said) => {
      for (const listener of listeners) listener(said)
    },
  }
}
