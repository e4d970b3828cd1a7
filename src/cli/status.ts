import { Command } from 'commander'
import type { GuardStatus } from '../guard/guard-status.ts'
import { sleep } from '../lib/sleep.ts'
import { configOption, shutdownSignal } from './options.ts'
import { statusText } from './status-report.ts'

export type StatusOptions = { json: boolean; watch: boolean }

type Ports = {
  /** Asks the running daemon. */
  read: () => Promise<GuardStatus>
  write: (text: string) => void
  signal: AbortSignal
}

const AGAIN_MS = 2_000

/** Prints how the daemon stands, once, or again and again until the signal. */
export async function status({ json, watch }: StatusOptions, { read, write, signal }: Ports): Promise<void> {
  for (;;) {
    const found = await read()
    write(json ? `${JSON.stringify(found)}\n` : statusText(found))
    if (!watch) return
    await sleep(AGAIN_MS, signal)
    if (signal.aborted) return
  }
}
