import { setTimeout as pause } from 'node:timers/promises'
import { mine } from '../../devnet/chain-control.ts'
import { openDatabaseReadOnly } from '../../src/store/database.ts'
import type { World } from './world.ts'

/** Where a life ends. The first five are between two calls of the node or two writes, the next two just after a write. */
export const STEPS = ['planned', 'simulated', 'signed', 'broadcast', 'accepted', 'mined', 'final', 'some time'] as const
export type Step = (typeof STEPS)[number]

/** Deeper than what the devnet's node calls final. */
const FINAL_DEPTH = 70
const LOOK_EVERY_MS = 5
/** A life that is at work and has nothing to do for so long ends as well. */
const PATIENCE_MS = 12_000
/** How long a life took to be at work, the longest so far: what ends at some time may end before that, or after. */
let startingMs = 1_000

type Random = (below: number) => number

/** Starts the guard and kills it at a step. Resolves when it is gone: whether the step was reached. */
export async function live(world: World, step: Step, random: Random): Promise<boolean> {
  const over = new AbortController()
  const atStep = reach(world, { step, random, signal: over.signal }).then(() => 'reached' as const)
  const began = performance.now()
  const guard = world.startGuard()
  if (step === 'final') await mine(world.network.chain.url, FINAL_DEPTH)
  const idle = guard
    .until(({ msg }) => msg === 'guard started')
    .then(() => {
      startingMs = Math.max(startingMs, Math.round(performance.now() - began))
      return pause(PATIENCE_MS, 'idle' as const, { signal: over.signal })
    })
    .catch(() => new Promise<never>(() => undefined))
  const how = await Promise.race([atStep, idle, guard.ended.then(() => 'ended' as const)])
  guard.kill()
  await guard.ended
  over.abort()
  world.trapdoor.clear()
  if (how === 'ended') throw new Error(`The guard has ended by itself: ${guard.complaint()}`)
  return how === 'reached'
}

type Reaching = { step: Step; random: Random; signal: AbortSignal }

function reach({ trapdoor, journal }: World, { step, random, signal }: Reaching): Promise<void> {
  const nth = (method: string, left: number) => (asked: string) => asked === method && left-- === 0
  const ways: Readonly<Record<Step, () => Promise<void>>> = {
    planned: () => trapdoor.set('before', nth('eth_estimateGas', random(3))),
    simulated: () => {
      let simulated = random(2) + 1
      return trapdoor.set('before', (method) => {
        if (method === 'eth_estimateGas') simulated--
        return simulated <= 0 && method === 'eth_getBalance'
      })
    },
    signed: () => trapdoor.set('before', nth('eth_sendRawTransaction', random(2))),
    broadcast: () => trapdoor.set('after', nth('eth_sendRawTransaction', random(2))),
    accepted: () => untilNoted(journal, 'sent', signal),
    mined: () => untilNoted(journal, 'mined', signal),
    final: () => untilNoted(journal, 'final', signal),
    'some time': () => pause(random(2 * startingMs), undefined, { signal }).catch(() => undefined),
  }
  return ways[step]()
}

/** Until the guard has written that something came to this state. */
async function untilNoted(journal: string, what: string, signal: AbortSignal): Promise<void> {
  const notes = countOf(journal, what)
  while (!signal.aborted && countOf(journal, what) === notes) await pause(LOOK_EVERY_MS)
}

function countOf(journal: string, what: string): number {
  return read(journal, `select count(*) from audit where what = '${what}'`)
}

/** Lets a guard live until it has no more to do, with this many intents done. */
export async function liveOut(world: World, intents: number): Promise<void> {
  const guard = world.startGuard()
  const over = () =>
    read(world.journal, `select count(*) from intents where state = 'final' and key not like 'filler%'`)
  const open = () =>
    read(
      world.journal,
      `select count(*) from intents where state in ('planned', 'simulated', 'signed', 'sent', 'mined')`,
    )
  for (const ended = Date.now() + 300_000 + intents * 1_000; Date.now() < ended;) {
    if (over() >= intents && open() === 0) break
    await world.network.time.blocks(3)
    await mine(world.network.chain.url, FINAL_DEPTH)
  }
  // What comes twice comes soon.
  await world.network.time.blocks(3)
  guard.stop()
  await guard.ended
}

/** A number from the journal; 0 while there is none. The connection is closed at once: the next start recovers alone. */
function read(journal: string, query: string): number {
  let database
  try {
    database = openDatabaseReadOnly(journal)
    return Number(database.prepare(query).pluck().get())
  } catch {
    return 0
  } finally {
    database?.close()
  }
}
