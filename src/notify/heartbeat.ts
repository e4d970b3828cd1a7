import { PATIENCE_MS } from './channel.ts'
import { call } from './webhook.ts'
import type { Logger } from '../lib/logger.ts'

type HeartbeatSettings = { url: string; everySeconds: number }

type Ports = {
  /** Why the guard cannot do its work now; empty when it can. */
  unreadiness: () => Promise<readonly string[]>
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  log: Logger
}

/**
 * Calls an address again and again while the guard can see and answer: whoever misses the call for long calls a person,
 * because a guard that is dead says nothing. Never rejects.
 */
export async function beat({ url, everySeconds }: HeartbeatSettings, ports: Ports, signal: AbortSignal): Promise<void> {
  const { log } = ports
  while (!signal.aborted) {
    const because = await ports.unreadiness().catch(() => ['it does not know whether it is ready'])
    if (because.length > 0) log.warn({ because }, 'heartbeat withheld')
    else await callOnce(url, log, signal)
    await ports.sleep(everySeconds * 1_000, signal)
  }
}

async function callOnce(url: string, log: Logger, signal: AbortSignal): Promise<void> {
  const tried = await call(url, {}, AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]))
  if (!tried.ok && !signal.aborted) log.warn({ host: new URL(url).host, why: tried.why }, 'heartbeat not heard')
}
