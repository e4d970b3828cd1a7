import type { Deployment } from './chain/deployment.ts'
import { identifyReport } from './chain/identify-report.ts'
import { createRemoteWatcher, type RemoteWatcher, type WatcherStatus } from './chain/remote-watcher.ts'
import type { createRootChain } from './chain/root-chain.ts'
import { nextPollMs, OPEN_EYES, watch, type Poll } from './chain/watcher-sight.ts'
import type { ParsedReport } from './chain/watcher-report.ts'
import type { ConditionBoard } from './events/board.ts'
import type { Condition } from './exit-game/condition.ts'
import { toJson } from './lib/json.ts'
import type { Logger } from './lib/logger.ts'
import { createOnce } from './lib/once.ts'
import { sleep } from './lib/sleep.ts'
import { createRemoteWitness } from './remote-witness.ts'
import type { Sight } from './sights.ts'
import type { Head } from './watcher/root-chain.ts'

type Parts = { deployment: Deployment; rootChain: ReturnType<typeof createRootChain>; log: Logger }

const NAME = 'watcher'
const POLL_MS = 1_000
/** Between two heads of our own node the Watcher may still be catching up with the last one. */
const REPEAT_MS = 5_000

/** A remote Watcher as a way of seeing: its reports, as far as our own node knows what they speak of. */
export function createRemoteSight(watcher: { url: string }, parts: Parts): Sight {
  const remote = createRemoteWatcher(watcher)
  return {
    name: NAME,
    witness: createRemoteWitness(NAME, remote),
    run: (pin, signal) => poll(remote, { ...parts, once: createOnce() }, { pin, signal }),
  }
}

type Polling = Parts & { once: ReturnType<typeof createOnce> }

async function poll(
  remote: RemoteWatcher,
  parts: Polling,
  { pin, signal }: { pin: ConditionBoard['pin']; signal: AbortSignal },
): Promise<void> {
  let eyes = OPEN_EYES
  let last: { head: Head; at: number } | undefined
  while (!signal.aborted) {
    try {
      const head = await parts.rootChain.head()
      if (last?.head.hash !== head.hash || performance.now() - last.at >= REPEAT_MS) {
        const answer = await remote.status()
        const now: Poll = answer.ok
          ? { ok: true, lastSeenEthBlock: answer.status.lastSeenEthBlock, ownHead: head.number }
          : answer
        const before = eyes.blind
        eyes = watch(eyes, now)
        sayBlind(parts.log, before, eyes.blind)
        if (answer.ok) {
          void pin(NAME, await conditionsOf(answer.status, parts), head)
          last = { head, at: performance.now() }
        }
      }
    } catch (error) {
      parts.log.warn({ err: error }, 'poll failed, will retry')
    }
    await sleep(nextPollMs({ failures: eyes.failures, pollMs: POLL_MS }), signal)
  }
}

function sayBlind(log: Logger, before: string | undefined, now: string | undefined): void {
  if (now !== undefined && before === undefined)
    log.error({ alarm: 'blind', because: now }, 'the Watcher does not see: nothing it watches is guarded')
  if (now === undefined && before !== undefined) log.info({ alarm: 'blind' }, 'the Watcher sees again')
}

async function conditionsOf({ reports }: WatcherStatus, parts: Polling): Promise<Condition[]> {
  const found = await Promise.all(reports.map((report) => conditionsOfReport(report, parts)))
  return found.flat()
}

async function conditionsOfReport(parsed: ParsedReport, parts: Polling): Promise<readonly Condition[]> {
  const { log, once } = parts
  if (parsed.is !== 'report') {
    if (once(`${parsed.is} ${parsed.event}`)) log.warn({ ...parsed }, 'the Watcher reports what cannot be read')
    return []
  }
  const identified = await identifyReport(parsed.report, parts)
  if (identified.ok) return identified.conditions
  const report = toJson(parsed.report)
  if (once(report)) log.warn({ report, because: identified.why }, 'the Watcher reports what the chain does not know')
  return []
}
