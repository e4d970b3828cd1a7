import type { Alarms } from '../events/alarm.ts'
import { paidThefts } from '../events/paid-theft.ts'
import { relevant } from '../events/relevant.ts'
import { sleep } from '../lib/sleep.ts'
import { noticeAlarm } from './notices.ts'
import { createOwnWitness } from './own-witness.ts'
import type { Sight, SightParts } from './sight.ts'
import type { Verification } from './verification.ts'
import type { Snapshot } from '../watcher/snapshot.ts'
import type { Watcher } from '../watcher/watcher.ts'

const NAME = 'own verification'
const LOOK_MS = 5_000

/** Our own verification of both chains as a way of seeing. */
export function createOwnSight(
  watcher: Verification,
  { deployment, own }: Pick<SightParts, 'deployment' | 'own'>,
): Sight {
  return {
    name: NAME,
    witness: createOwnWitness(watcher, deployment.framework),
    verification: watcher,
    blindness: watcher.blindness,
    run: async ({ pin, alarms }, signal) => {
      watcher.onHead((snapshot) => {
        const { head, conditions } = snapshot
        void pin(NAME, relevant(conditions, { now: head.timestamp, own }), head)
        void raiseUnreadable(snapshot, alarms)
        for (const theft of paidThefts(conditions)) void alarms.raise(theft)
      })
      watcher.onNotice((notice) => {
        const alarm = noticeAlarm(notice, own)
        if (alarm) void alarms.raise(alarm)
      })
      watcher.onDeepReorganisation(({ from, to }) => {
        const message = `The root chain has taken back its blocks ${to + 1n} to ${from}, more than it should be able to: ask another node which chain is right. What was concluded from them is concluded anew.`
        void alarms.raise({ kind: 'deep_reorganisation', subject: `${to} ${from}`, message, level: 'critical' })
      })
      await Promise.all([watcher.run(signal), watchEyes(watcher, alarms, signal)])
    },
  }
}

/** Behind a log that nobody can read, an exit may hide that nobody can judge. */
async function raiseUnreadable({ unreadable, game }: Snapshot, { raise }: Alarms): Promise<void> {
  for (const { txHash, what } of unreadable) {
    const message = `Root chain transaction ${txHash} holds what cannot be read: ${what}. An exit may hide there.`
    await raise({ kind: 'unreadable_log', subject: `${txHash} ${what}`, message, level: 'critical' })
  }
  for (const { type, subject, occurrence } of game.unreadable) {
    const { txHash, rank } = occurrence
    const message = `${type} in root chain transaction ${txHash} speaks of an exit that is not known: ${subject}.`
    const where = { subject: `${txHash}:${rank}`, occurrence: `${txHash}:${rank}` }
    await raise({ kind: 'unknown_exit', ...where, message, level: 'critical' })
  }
}

const blind: Partial<Record<NonNullable<ReturnType<Watcher['blindness']>>, string>> = {
  ethereum_connection_error: 'The root chain node does not answer: nothing is guarded until it does.',
  main_supervisor_halted: 'The child chain cannot be followed, the log says why: nothing is guarded until it can.',
}

/** A node that does not answer makes the verification blind; the operator's silence is a matter of its own. */
async function watchEyes(watcher: Pick<Watcher, 'blindness'>, alarms: Alarms, signal: AbortSignal): Promise<void> {
  const matter = { kind: 'blind', subject: NAME } as const
  while (!signal.aborted) {
    const because = watcher.blindness()
    const message = because && blind[because]
    if (message) await alarms.raise({ ...matter, message, level: 'critical' })
    if (because === undefined) await alarms.lower(matter)
    await sleep(LOOK_MS, signal)
  }
}
