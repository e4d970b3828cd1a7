import type { Alarms } from '../events/alarm.ts'
import type { Alarm } from '../lib/alarm.ts'
import type { Logger } from '../lib/logger.ts'
import { sleep } from '../lib/sleep.ts'
import type { Head } from '../watcher/root-chain.ts'

const LOOK_MS = 15_000
/** A block tells its time to within its slot, and it was made at some time since the last look. */
const TOLERANCE_SECONDS = 60
/** Looks in a row at new blocks that must show it. */
const LASTING = 3
/** Chains of development networks, whose time is whatever a test wants. */
const DEVNETS: ReadonlySet<bigint> = new Set([1337n, 31_337n])

type Ports = {
  chainId: bigint
  head: () => Promise<Pick<Head, 'number' | 'timestamp'>>
  alarms: Alarms
  log: Logger
  /** Seconds since 1970, by this machine's clock. */
  systemSeconds?: () => number
  /** Seconds of a clock that nobody sets. */
  steadySeconds?: () => number
}

/**
 * Compares this machine's clock with the root chain's. No deadline depends on it: time is chain time. But what a person
 * reads in a log does, and so do certificates. A chain whose time is made to jump, as a devnet's, says nothing: it is
 * told by its id, or by chain time that passes much faster than time does.
 */
export async function watchClock(ports: Ports, signal: AbortSignal): Promise<void> {
  if (DEVNETS.has(ports.chainId)) return
  const look = createClockLook(ports)
  while (!signal.aborted && (await look()) !== 'warped') await sleep(LOOK_MS, signal)
}

/** One look: `warped` when the chain's time cannot be compared with ours, now or later. */
export function createClockLook({
  head: readHead,
  alarms,
  log,
  systemSeconds = () => Date.now() / 1_000,
  steadySeconds = () => performance.now() / 1_000,
}: Omit<Ports, 'chainId'>): () => Promise<'seen' | 'warped'> {
  let before: { number: bigint; timestamp: bigint; at: number } | undefined
  let wrongLooks = 0

  async function compare(timestamp: bigint, sinceSeconds: number): Promise<void> {
    const ahead = Math.round(systemSeconds() - Number(timestamp))
    const isRight = ahead >= -TOLERANCE_SECONDS && ahead <= TOLERANCE_SECONDS + sinceSeconds
    wrongLooks = isRight ? 0 : wrongLooks + 1
    if (isRight) await alarms.lower(alarmOf(ahead))
    else if (wrongLooks >= LASTING) await alarms.raise(alarmOf(ahead))
  }

  return async () => {
    try {
      const head = await readHead()
      const at = steadySeconds()
      const last = before
      before = { number: head.number, timestamp: head.timestamp, at }
      // A block that is not new says how long ago it was made by a clock that is to be checked.
      if (!last || head.number <= last.number) return 'seen'
      const passed = at - last.at
      if (Number(head.timestamp - last.timestamp) > passed + TOLERANCE_SECONDS) return 'warped'
      await compare(head.timestamp, passed)
    } catch (error) {
      log.debug({ err: error }, 'the clock could not be compared')
    }
    return 'seen'
  }
}

function alarmOf(ahead: number): Alarm {
  const by = `${String(Math.abs(ahead))} seconds ${ahead > 0 ? 'ahead of' : 'behind'}`
  const message = `This machine's clock is ${by} the root chain: set it. Deadlines are not affected, they are in chain time.`
  return { kind: 'clock_wrong', subject: 'system clock', message, level: 'warning' }
}
