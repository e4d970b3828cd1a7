import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** Where a running daemon is asked, and what it wants to be shown. */
export type ControlFile = { url: string; token: string }

const schema = z.strictObject({ url: z.url({ protocol: /^http$/ }), token: z.string().min(1) })

/** Where the file lies in a data directory. */
export function controlFileOf(dataDirectory: string): string {
  return join(dataDirectory, 'control.json')
}

/**
 * Tells whoever may read the data directory's owner's files how the daemon is asked. What a crashed one left is
 * replaced; whoever reads meanwhile reads the old one or the new one.
 */
export function writeControlFile(dataDirectory: string, told: ControlFile): void {
  mkdirSync(dataDirectory, { recursive: true })
  const path = controlFileOf(dataDirectory)
  const draft = `${path}.${String(process.pid)}`
  rmSync(draft, { force: true })
  writeFileSync(draft, `${JSON.stringify(told)}\n`, { mode: 0o600, flag: 'wx' })
  renameSync(draft, path)
}

/** Undefined when there is none, or none that can be read as one. */
export function readControlFile(dataDirectory: string): ControlFile | undefined {
  try {
    return schema.safeParse(JSON.parse(readFileSync(controlFileOf(dataDirectory), 'utf8'))).data
  } catch {
    return undefined
  }
}

/** Takes back what this daemon told; what another one has told since stays. */
export function removeControlFile(dataDirectory: string, { token }: ControlFile): void {
  if (readControlFile(dataDirectory)?.token === token) rmSync(controlFileOf(dataDirectory), { force: true })
}
