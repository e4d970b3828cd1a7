import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { loadTools } from '../src/verifier/tools.ts'
import type { Bench } from './bench.ts'
import { createMint } from './coins.ts'
import { openStore } from './store.ts'

const SIZES = [300_000, 1_000_000, 3_000_000] as const

/**
 * A new process opens the store, folds the exits and answers its first questions. The floor is a new process that does
 * nothing.
 */
export const load: Bench = async ({ print, tell }) => {
  const { keccak } = await loadTools('noble')
  const store = openStore()
  const mint = createMint(() => store.facts(), keccak)
  try {
    await mint.begin()
    const floor = await timeOf(['--nothing'])
    for (const size of SIZES) {
      await mint.grow(size, tell)
      store.close()
      const value = await timeOf([store.folder])
      store.open()
      print({ metric: `secondsToAnswer.${size}`, value, unit: 's', floor, ratio: value / floor })
    }
  } finally {
    store.remove()
  }
}

function timeOf(args: readonly string[]): Promise<number> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [fileURLToPath(new URL('./load-process.js', import.meta.url)), ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    child.once('exit', (code) => {
      if (code === 0) resolve((performance.now() - started) / 1_000)
      else reject(new Error(`the process ended with ${code}`))
    })
  })
}
