import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createRandom } from '../fuzz/mutate.ts'
import { createEnds } from '../support/guarded-network.ts'
import { ANSWERS_PER_BATCH } from './cheats.ts'
import { live, liveOut, type Step, STEPS } from './lives.ts'
import { openWorld, type World } from './world.ts'

/** `npm run chaos` asks for more. The seed of a run that failed repeats its kills. */
const KILLS = Number(process.env['KILLS'] ?? STEPS.length)
const SEED = Number(process.env['SEED'] ?? (KILLS > STEPS.length ? Math.floor(Math.random() * 2 ** 31) : 1))
/** Only guards against hanging. */
const LIMIT = 900_000 + KILLS * 30_000

let ends = createEnds()
beforeEach(() => {
  ends = createEnds()
})
afterEach(async () => {
  await ends.run()
}, LIMIT)

test(
  `killed ${KILLS} times, at every step of an answer and at any moment, a guard does what an undisturbed one does`,
  async () => {
    process.stdout.write(`chaos: KILLS=${KILLS} SEED=${SEED}\n`)
    const killed = await openWorld(ends)
    const batches = await killAgainAndAgain(killed)
    await liveOut(killed, batches * ANSWERS_PER_BATCH)
    const end = await killed.end()

    const undisturbed = await openWorld(ends)
    for (let batch = 0; batch < batches; batch++) await undisturbed.cheat()
    await liveOut(undisturbed, batches * ANSWERS_PER_BATCH)
    const expected = await undisturbed.end()

    const seed = SEED
    expect({ seed, intents: end.intents }).toEqual({ seed, intents: expected.intents })
    expect({ seed, exits: end.exits }).toEqual({ seed, exits: expected.exits })
    expect({ seed, won: end.won }).toEqual({ seed, won: expected.won })
    for (const { sent, nonce, pending, intents } of [end, expected]) {
      expect(intents.filter((each) => each.endsWith(' final done_by_us'))).toHaveLength(batches * ANSWERS_PER_BATCH)
      expect(sent.map((each) => each.nonce)).toEqual(Array.from({ length: nonce }, (_, at) => at))
      expect(pending).toBe(nonce)
      const answers = sent.filter(({ input }) => input !== '0x')
      expect(answers.filter(({ status }) => status !== 'success')).toEqual([])
      expect(new Set(answers.map(({ input }) => input)).size).toBe(answers.length)
      expect(answers).toHaveLength(batches * ANSWERS_PER_BATCH)
    }
  },
  LIMIT,
)

/** Cheats in batches, and kills as often as is asked for. How many batches there were. */
async function killAgainAndAgain(world: World): Promise<number> {
  const random = createRandom(SEED)
  const begun = performance.now()
  const counts = new Map<string, number>()
  let batches = 0
  for (let kills = 0; kills < KILLS; batches++) {
    await world.cheat()
    for (const step of inOrder(random).slice(0, KILLS - kills)) {
      const reached = await live(world, step, random)
      const name = reached ? step : 'nothing left to do'
      counts.set(name, (counts.get(name) ?? 0) + 1)
      kills += 1
    }
    const rate = (kills * 60_000) / (performance.now() - begun)
    process.stdout.write(`chaos: ${kills} kills, ${rate.toFixed(1)} a minute: ${JSON.stringify([...counts])}\n`)
  }
  return batches
}

/** Every step once: those at which answers wait to be sent in any order, then those that need answers on their way. */
function inOrder(random: (below: number) => number): Step[] {
  const later: readonly Step[] = ['mined', 'final']
  const left = STEPS.filter((step) => !later.includes(step))
  const first: Step[] = []
  while (left.length > 0) first.push(...left.splice(random(left.length), 1))
  return [...first, ...later]
}
