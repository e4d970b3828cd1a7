import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const EVERY_MS = 10_000
/** Several beats: a block of 65,000 transactions may keep the program busy for longer than one. */
const LONGEST_PAUSE_MS = 90_000

/** Shows from now on, by the age of a file, that this program takes its turns. */
export function showAlive(folder: string): void {
  const file = fileIn(folder)
  writeFileSync(file, '')
  setInterval(() => {
    try {
      writeFileSync(file, '')
    } catch {
      // A disk that is full must not end the guard: whoever looks finds no sign, which is what there is to say.
    }
  }, EVERY_MS).unref()
}

/** Whether a program has shown there lately that it is alive. */
export function isAlive(folder: string, now = Date.now()): boolean {
  const shown = statSync(fileIn(folder), { throwIfNoEntry: false })?.mtimeMs
  return shown !== undefined && now - shown < LONGEST_PAUSE_MS
}

function fileIn(folder: string): string {
  return join(folder, 'alive')
}
