import { identifyReport, type Identified } from '../chain/identify-report.ts'
import { createLocator, type Locator } from '../chain/locator.ts'
import { createOwnExits, type OwnExits } from '../chain/own-exits.ts'
import { createRemoteWatcher, type RemoteWatcher, type WatcherStatus } from '../chain/remote-watcher.ts'
import { nextPollMs, OPEN_EYES, watch, type Poll, type Sight as Eyes } from '../chain/watcher-sight.ts'
import type { ParsedReport, WatcherReport } from '../chain/watcher-report.ts'
import { relevant } from '../events/relevant.ts'
import type { Condition } from '../exit-game/condition.ts'
import { toJson } from '../lib/json.ts'
import { createOnce } from '../lib/once.ts'
import { sleep } from '../lib/sleep.ts'
import { createRemoteWitness } from './remote-witness.ts'
import { slaMarginOf } from './sla-margin.ts'
import type { Outlet, Sight, SightParts } from './sight.ts'
import type { Head } from '../watcher/root-chain.ts'

const NAME = 'watcher'
const POLL_MS = 1_000
/** Between two heads of our own node the Watcher may still be catching up with the last one. */
const REPEAT_MS = 5_000

/**
 * A remote Watcher as a way of seeing: its reports, as far as our own node knows what they speak of.
 *
 * @param parts.isAlone - Nobody else sees: what a Watcher does not report, our exits that can be paid out, is read from
 * the chain itself.
 */
export function createRemoteSight(watcher: { url: string }, parts: SightParts & { isAlone: boolean }): Sight {
  const remote = createRemoteWatcher(watcher)
  const { node, deployment, rootChain, own } = parts
  let blindness: string | undefined = 'it has not been asked yet'
  return {
    name: NAME,
    witness: createRemoteWitness(NAME, remote),
    blindness: () => blindness,
    run: ({ pin, alarms }, signal) =>
      poll(remote, {
        ...{ ...parts, pin, alarms, signal },
        once: createOnce(),
        looked: (because) => {
          blindness = because
        },
        locator: createLocator(node, deployment),
        ownExits: parts.isAlone ? createOwnExits({ node, deployment, rootChain, own }) : () => Promise.resolve([]),
      }),
  }
}

type Polling = SightParts &
  Outlet & {
    signal: AbortSignal
    looked: (blindness: string | undefined) => void
    once: (name: string) => boolean
    locator: Locator
    ownExits: OwnExits
  }

async function poll(remote: RemoteWatcher, parts: Polling): Promise<void> {
  const { signal } = parts
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
        eyes = watch(eyes, now)
        await sayBlind(parts, eyes, now)
        if (answer.ok) {
          void parts.pin(NAME, await conditionsOf(answer.status, head, parts), head)
          last = { head, at: performance.now() }
        }
      }
    } catch (error) {
      parts.looked('the last look failed')
      parts.log.warn({ err: error }, 'poll failed, will retry')
    }
    await sleep(nextPollMs({ failures: eyes.failures, pollMs: POLL_MS }), signal)
  }
}

/** A Watcher that once answered too late has not been seen to see: only a good answer opens its eyes. */
async function sayBlind(
  { looked, alarms: { raise, lower } }: Pick<Polling, 'looked' | 'alarms'>,
  { blind }: Eyes,
  poll: Poll,
): Promise<void> {
  if (poll.ok || blind !== undefined) looked(blind)
  const matter = { kind: 'blind', subject: NAME } as const
  const message = `The Watcher does not see (${blind ?? ''}): nothing that it watches is guarded.`
  if (blind !== undefined) await raise({ ...matter, message, level: 'critical' })
  else if (poll.ok) await lower(matter)
}

async function conditionsOf({ reports }: WatcherStatus, head: Head, parts: Polling): Promise<Condition[]> {
  const overdueSince = head.number - slaMarginOf(undefined, parts.deployment.minExitPeriod)
  const found = await Promise.all(reports.map((report) => conditionsOfReport(report, { ...parts, overdueSince })))
  const conditions = [...found.flat(), ...(await parts.ownExits(head))]
  // Older Watchers name no spend, but can show it all the same.
  const unnamed = conditions.filter((condition) => condition.type === 'invalid_exit' && !condition.spendingTxHash)
  return [...unnamed, ...relevant(conditions, { now: head.timestamp, own: parts.own })]
}

async function conditionsOfReport(
  parsed: ParsedReport,
  parts: Polling & { overdueSince: bigint },
): Promise<readonly Condition[]> {
  const { log, once, alarms } = parts
  if (parsed.is !== 'report') {
    if (once(`${parsed.is} ${parsed.event}`)) log.warn({ ...parsed }, 'the Watcher reports what cannot be read')
    const message = `The Watcher reports what cannot be read (${parsed.is}, event ${parsed.event}): look at its status.`
    await alarms.raise({ kind: 'unreadable_report', subject: parsed.is, message, level: 'warning' })
    return []
  }
  const identified = await contained(parsed.report, parts)
  if (identified.ok) return identified.conditions
  const report = toJson(parsed.report)
  if (once(report)) log.warn({ report, because: identified.why }, 'the Watcher reports what the chain does not know')
  return []
}

/** What one report brings about never hides what the others say. */
async function contained(report: WatcherReport, parts: Parameters<typeof identifyReport>[1]): Promise<Identified> {
  try {
    return await identifyReport(report, parts)
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : 'it could not be looked up' }
  }
}
