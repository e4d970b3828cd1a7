import { fork } from 'node:child_process'
import { on, once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Another process of a bench. It ends with this one, as it hears of that. */
export type Helper = {
  /**
   * The next thing that it says.
   *
   * @throws when it has ended.
   */
  hear: () => Promise<unknown>
  stop: () => Promise<void>
}

/** Starts a module in a process of its own. */
export function startHelper(module: URL, settings: object): Helper {
  const path = fileURLToPath(module)
  const child = fork(path, [JSON.stringify(settings)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ended = once(child, 'exit')
  const said = on(child, 'message', { close: ['exit'] }) as AsyncIterator<[unknown]>
  return {
    hear: async () => {
      const next = await said.next()
      if (next.done === true) throw new Error(`${path} has ended`)
      return next.value[0]
    },
    stop: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** In the other process: its settings, and how it speaks. */
export function helperSide(): { settings: unknown; say: (message: object) => void } {
  process.once('disconnect', () => process.exit())
  const [, , settings = '{}'] = process.argv
  return {
    settings: JSON.parse(settings) as unknown,
    say: (message) => process.send?.(message),
  }
}
