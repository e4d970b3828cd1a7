import { describe, expect, test } from '@jest/globals'
import type { CanonicalProof } from '../../src/exit-game/canonical-proof.ts'
import { toHex } from '../../src/lib/bytes.ts'
import { proveCanonical } from '../../src/tasks/prove-canonical.ts'
import type { Witness } from '../../src/tasks/task.ts'
import { challengedBy, NOT_INCLUDED } from '../support/exits.ts'
import { alice, mallory } from '../support/signers.ts'
import { at, pay, payment } from '../support/transactions.ts'
import { aWitness, aWorld } from '../support/world.ts'
import { inFlightStory, occurrence } from './in-flight-story.ts'

/** Mallory challenges the exit with a competitor in flight, though a block holds its transaction. */
function challengedStory() {
  const story = inFlightStory()
  const rival = payment([{ utxoPos: story.ether, signer: alice }], [pay(mallory, 10n)])
  story.block(story.inFlight)
  story.events.push(challengedBy(story.inFlight, rival, { height: 101 }))
  return story
}

async function ask(
  story: ReturnType<typeof challengedStory>,
  {
    witnesses = [story.own],
    oldest = NOT_INCLUDED,
    isCanonical = false,
  }: { witnesses?: Witness[]; oldest?: bigint; isCanonical?: boolean } = {},
) {
  const state = story.held({ isCanonical, oldestCompetitorPosition: oldest })
  const { world, sent } = aWorld({ inFlightExits: { [story.exitId.toString()]: state }, roots: story.roots, witnesses })
  const answer = await proveCanonical.bind(world)(story.inputs)
  expect(sent).toEqual([])
  return answer
}

describe('proveCanonical', () => {
  test('shows the block that holds the transaction', async () => {
    const story = challengedStory()
    const proof = await story.own.canonicalProof(story.raw)
    expect(await ask(story)).toEqual({
      exit_id: story.inputs.exit_id,
      in_flight_txbytes: toHex(story.raw),
      in_flight_tx_pos: '1000000000000',
      in_flight_proof: toHex(proof.in_flight_proof),
      occurrence,
      attempt: 3,
    })
    expect(proof.in_flight_proof).toHaveLength(512)
  })

  test('shows it also when the contract does not wait for it any more: the answering task says who answered', async () => {
    const story = challengedStory()
    expect(await ask(story, { isCanonical: true, oldest: at(1000n) })).toMatchObject({
      in_flight_tx_pos: '1000000000000',
    })
  })

  test.each<[string, Partial<CanonicalProof>, string]>([
    ['another transaction', { in_flight_txbytes: Uint8Array.of(1) }, 'other_in_flight_tx'],
    ['the position of an output', { in_flight_tx_pos: at(1000n, 0, 1) }, 'position_names_an_output'],
    ['position 0', { in_flight_tx_pos: at(0n) }, 'position_names_an_output'],
    ['the wrong block', { in_flight_tx_pos: at(2000n) }, 'in_flight_tx_not_included'],
    ['the wrong place', { in_flight_tx_pos: at(1000n, 1) }, 'in_flight_tx_not_included'],
    ['no proof', { in_flight_proof: new Uint8Array() }, 'in_flight_tx_not_included'],
  ])('refuses %s, says why, and asks the next witness', async (_, lie, why) => {
    const story = challengedStory()
    const honest = await story.own.canonicalProof(story.raw)
    const liar = aWitness({ name: 'liar', canonicalProof: async () => ({ ...honest, ...lie }) })
    await expect(ask(story, { witnesses: [liar, aWitness()] })).rejects.toMatchObject({
      code: 'NO_PROOF',
      retryable: true,
      message: expect.stringContaining(`liar: ${why}; watcher: no answer`),
    })
  })

  test('refuses a place that is no older than the competitor’s', async () => {
    await expect(ask(challengedStory(), { oldest: at(1000n) })).rejects.toMatchObject({
      message: expect.stringContaining('not_older_than_competitor'),
    })
  })

  test('refuses a transaction of another exit with the name of the field', async () => {
    const story = challengedStory()
    const { world } = aWorld()
    await expect(proveCanonical.bind(world)({ ...story.inputs, exit_id: '5' })).rejects.toMatchObject({
      code: 'INVALID_TASK_INPUT',
      message: expect.stringContaining('txbytes'),
    })
  })
})
