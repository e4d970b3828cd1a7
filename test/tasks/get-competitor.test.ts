import { describe, expect, test } from '@jest/globals'
import type { CompetitorData } from '../../src/exit-game/competitor-data.ts'
import { fromHex, toHex, type Hex } from '../../src/lib/bytes.ts'
import { verifyProof } from '../../src/plasma/merkle.ts'
import type { UtxoPos } from '../../src/plasma/units.ts'
import { getCompetitor } from '../../src/tasks/get-competitor.ts'
import type { Witness } from '../../src/tasks/task.ts'
import { alice, bob, carol, mallory } from '../support/signers.ts'
import { at, deposit, pay, payment } from '../support/transactions.ts'
import { aWitness, aWorld } from '../support/world.ts'
import { inFlightStory, occurrence } from './in-flight-story.ts'
import { NOT_INCLUDED, challengedBy } from '../support/exits.ts'

type Story = ReturnType<typeof inFlightStory>

/** Alice spends her ether elsewhere as well. */
function rivalOf({ ether }: Story, to = alice, amount = 10n) {
  return payment([{ utxoPos: ether, signer: alice }], [pay(to, amount)])
}

async function ask(
  story: Story,
  { oldest = 0n, witnesses = [story.own] }: { oldest?: bigint; witnesses?: Witness[] } = {},
) {
  const inFlightExits = { [story.exitId.toString()]: story.held({ oldestCompetitorPosition: oldest }) }
  const { world, sent } = aWorld({ inFlightExits, roots: story.roots, witnesses })
  const answer = await getCompetitor.bind(world)(story.inputs)
  expect(sent).toEqual([])
  return answer
}

describe('getCompetitor', () => {
  test('shows a competitor in a block, with what the contract wants to see of it', async () => {
    const story = inFlightStory()
    const rival = rivalOf(story)
    story.block(payment([{ utxoPos: story.chain.deposit(bob, 1n), signer: bob }], [pay(bob, 1n)]), rival)
    const answer = await ask(story)
    expect(answer).toMatchObject({
      exit_id: story.inputs.exit_id,
      in_flight_txbytes: story.inputs.txbytes,
      in_flight_input_index: 0,
      competing_txbytes: toHex(rival.transaction.raw),
      competing_input_index: 0,
      competing_sig: toHex(rival.signatures[0] ?? new Uint8Array()),
      competing_tx_pos: '1000000010000',
      input_tx: toHex(story.chain.creating(story.ether)),
      input_utxo_pos: '1000000000',
      occurrence,
      attempt: 3,
    })
    const proof = fromHex(answer['competing_proof'] as Hex)
    const leaf = rival.transaction.raw
    expect(verifyProof({ root: story.roots['1000'] ?? '0x', leaf, index: 1, proof } as never)).toBe(true)
  })

  test('shows a competitor that is only in flight, with position 0 and no proof', async () => {
    const story = inFlightStory()
    const rival = rivalOf(story)
    story.chain.archive.push({
      transaction: rival.transaction,
      signatures: new Map([[alice.address, rival.signatures[0] ?? new Uint8Array()]]),
    })
    expect(await ask(story)).toMatchObject({
      competing_txbytes: toHex(rival.transaction.raw),
      competing_tx_pos: '0',
      competing_proof: '0x',
    })
  })

  test('shows a competitor on the second input, by its ERC20 token', async () => {
    const story = inFlightStory()
    const { currency } = story.chain.output(story.tokens)
    const both = [
      { utxoPos: story.chain.deposit(mallory, 2n), signer: mallory },
      { utxoPos: story.tokens, signer: bob },
    ]
    const rival = payment(both, [pay(mallory, 2n), pay(bob, 7n, currency)])
    story.block(rival)
    expect(await ask(story)).toMatchObject({ in_flight_input_index: 1, competing_input_index: 1 })
  })

  test('shows the oldest of several competitors', async () => {
    const story = inFlightStory()
    const late = rivalOf(story, carol)
    const first = payment(
      [{ utxoPos: story.tokens, signer: bob }],
      [pay(bob, 7n, story.chain.output(story.tokens).currency)],
    )
    story.block(first)
    story.block(late)
    expect(await ask(story)).toMatchObject({
      competing_txbytes: toHex(first.transaction.raw),
      competing_tx_pos: '1000000000000',
    })
  })

  test('after a challenge with one in flight, shows one that a block holds', async () => {
    const story = inFlightStory()
    story.events.push(challengedBy(story.inFlight, rivalOf(story, mallory), { height: 101 }))
    const rival = rivalOf(story)
    story.block(rival)
    expect(await ask(story, { oldest: NOT_INCLUDED })).toMatchObject({
      competing_txbytes: toHex(rival.transaction.raw),
    })
  })

  test('asks on for an older one when the contract knows the first that it is shown', async () => {
    const story = inFlightStory()
    const old = rivalOf(story)
    story.block(old)
    const known = await story.own.competitor(story.raw)
    const inFlightOnly = { ...known, competing_tx_pos: 0n as UtxoPos, competing_proof: new Uint8Array() }
    const knows = aWitness({ competitor: async () => inFlightOnly })
    const both = [knows, aWitness({ competitor: async () => known })]
    expect(await ask(story, { oldest: NOT_INCLUDED, witnesses: both })).toMatchObject({
      competing_tx_pos: '1000000000000',
    })
    // Nobody has an older one: the answering task will say who did it.
    expect(await ask(story, { oldest: NOT_INCLUDED, witnesses: [knows] })).toMatchObject({ competing_tx_pos: '0' })
  })

  const liesOf = (story: Story): [string, Partial<CompetitorData>, string][] => {
    const elsewhere = payment([{ utxoPos: at(9n), signer: alice }], [pay(alice, 10n)])
    const forged = payment([{ utxoPos: story.ether, signer: mallory }], [pay(mallory, 10n)])
    return [
      ['another in-flight transaction', { in_flight_txbytes: elsewhere.transaction.raw }, 'other_in_flight_tx'],
      ['an input that the exit has not', { in_flight_input_index: 9 }, 'the exit has no input 9'],
      ['the wrong input', { in_flight_input_index: 1 }, 'input_mismatch'],
      ['another position of the input', { input_utxo_pos: at(2n) }, 'input_mismatch'],
      ['another creating transaction', { input_tx: deposit(mallory, 10n).raw }, 'input_mismatch'],
      ['a creating transaction that is none', { input_tx: Uint8Array.of(1) }, 'malformed_input_tx'],
      ['the in-flight transaction itself', { competing_txbytes: story.raw }, 'competitor_is_in_flight_tx'],
      ['the position of an output', { competing_tx_pos: at(1000n, 0, 1) }, 'position_names_an_output'],
      ['a block that the framework has not', { competing_tx_pos: at(5000n) }, 'competitor_not_included'],
      ['the wrong place in the block', { competing_tx_pos: at(1000n, 1) }, 'competitor_not_included'],
      ['no proof', { competing_proof: new Uint8Array() }, 'competitor_not_included'],
      [
        'a competitor that is in no block as if it were',
        { competing_txbytes: forged.transaction.raw },
        'competitor_not_included',
      ],
      ['the wrong input of the competitor', { competing_input_index: 1 }, 'output_not_spent'],
      [
        'a signature of somebody else',
        { competing_sig: forged.signatures[0] ?? new Uint8Array() },
        'not_signed_by_owner',
      ],
      ['half a signature', { competing_sig: new Uint8Array(32) }, 'not_signed_by_owner'],
    ]
  }

  test('refuses every lie, says why, and goes on to the next witness', async () => {
    const story = inFlightStory()
    story.block(rivalOf(story))
    const honest = await story.own.competitor(story.raw)
    for (const [what, lie, why] of liesOf(story)) {
      const liar = aWitness({ name: 'liar', competitor: async () => ({ ...honest, ...lie }) })
      await expect([what, ask(story, { witnesses: [liar] })][1]).rejects.toMatchObject({
        code: 'NO_PROOF',
        retryable: true,
        message: expect.stringContaining(`liar: ${why}`),
      })
      expect(await ask(story, { witnesses: [liar, story.own] })).toMatchObject({ competing_tx_pos: '1000000000000' })
    }
  })

  test('names what each witness said when none of them proves it', async () => {
    const story = inFlightStory()
    await expect(ask(story, { witnesses: [story.own, aWitness()] })).rejects.toMatchObject({
      retryable: true,
      message: expect.stringMatching(/own verification: .*competitor_not_found.*; watcher: no answer/),
    })
    await expect(ask(story, { witnesses: [] })).rejects.toMatchObject({ code: 'NO_PROOF' })
  })

  test.each([
    ['exit_id', '0x1'],
    ['exit_id', 12],
    ['txbytes', 'f8'],
    ['txbytes', '0x0102'],
    ['occurrence', 'now'],
    ['attempt', 0],
  ])('refuses %s = %j with the name of the field', async (field, value) => {
    const story = inFlightStory()
    const { world } = aWorld()
    await expect(getCompetitor.bind(world)({ ...story.inputs, [field]: value })).rejects.toMatchObject({
      code: 'INVALID_TASK_INPUT',
      message: expect.stringContaining(field),
    })
  })
})
