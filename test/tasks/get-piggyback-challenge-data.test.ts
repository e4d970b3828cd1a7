import { describe, expect, test } from '@jest/globals'
import type { InputChallengeData, OutputChallengeData } from '../../src/exit-game/piggyback-challenge.ts'
import { toHex } from '../../src/lib/bytes.ts'
import { getInputChallengeData } from '../../src/tasks/get-input-challenge-data.ts'
import { getOutputChallengeData } from '../../src/tasks/get-output-challenge-data.ts'
import type { Task, Witness } from '../../src/tasks/task.ts'
import { piggybacked } from '../support/exits.ts'
import { alice, bob, carol, mallory } from '../support/signers.ts'
import { at, deposit, pay, payment } from '../support/transactions.ts'
import { aWitness, aWorld } from '../support/world.ts'
import { inFlightStory, occurrence } from './in-flight-story.ts'

type Story = ReturnType<typeof inFlightStory>

/** Bob has piggybacked his token input, which he spends in a block as well. */
function spentInput() {
  const story = inFlightStory()
  const spend = payment(
    [{ utxoPos: story.tokens, signer: bob }],
    [pay(bob, 7n, story.chain.output(story.tokens).currency)],
  )
  story.block(spend)
  story.events.push(piggybacked(story.inFlight, { side: 'input', index: 1 }, 101))
  return { ...story, spend }
}

/** The transaction is in a block after all, Carol has spent its first output, and piggybacks it. */
function spentOutput() {
  const story = inFlightStory()
  const output = story.block(story.inFlight)
  const spend = payment([{ utxoPos: output, signer: carol }], [pay(mallory, 10n)])
  story.block(spend)
  story.events.push(piggybacked(story.inFlight, { side: 'output', index: 0 }, 101))
  return { ...story, spend }
}

function ask(
  task: Task,
  { story, piece, witnesses = [story.own] }: { story: Story; piece: object; witnesses?: Witness[] },
) {
  const { world } = aWorld({
    inFlightExits: { [story.exitId.toString()]: story.held() },
    roots: story.roots,
    witnesses,
  })
  return task.bind(world)({ ...story.inputs, ...piece })
}

describe('getInputChallengeData', () => {
  const piece = { input_index: 1 }

  test('shows the other spend of the input', async () => {
    const story = spentInput()
    expect(await ask(getInputChallengeData, { story, piece })).toEqual({
      exit_id: story.inputs.exit_id,
      in_flight_txbytes: toHex(story.raw),
      in_flight_input_index: 1,
      spending_txbytes: toHex(story.spend.transaction.raw),
      spending_input_index: 0,
      spending_sig: toHex(story.spend.signatures[0] ?? new Uint8Array()),
      input_tx: toHex(story.chain.creating(story.tokens)),
      input_utxo_pos: '2000000000',
      occurrence,
      attempt: 3,
    })
  })

  test.each<[string, (story: ReturnType<typeof spentInput>) => Partial<InputChallengeData>, string]>([
    ['another transaction', () => ({ in_flight_txbytes: Uint8Array.of(1) }), 'other_in_flight_tx'],
    ['another input than was asked for', () => ({ in_flight_input_index: 0 }), 'speaks of input 0'],
    ['another position', ({ ether }) => ({ input_utxo_pos: ether }), 'input_mismatch'],
    ['another creating transaction', () => ({ input_tx: deposit(bob, 7n).raw }), 'input_mismatch'],
    ['the in-flight transaction', ({ raw }) => ({ spending_txbytes: raw }), 'spender_is_in_flight_tx'],
    ['bytes that are no transaction', () => ({ spending_txbytes: new Uint8Array() }), 'malformed_spending_tx'],
    ['the wrong input of the spend', () => ({ spending_input_index: 2 }), 'output_not_spent'],
    [
      'a foreign signature',
      ({ inFlight }) => ({ spending_sig: inFlight.signatures[0] ?? new Uint8Array() }),
      'not_signed_by_owner',
    ],
  ])('refuses %s, and says why', async (_, lie, why) => {
    const story = spentInput()
    const honest = await story.own.inputChallenge(story.raw, 1)
    const liar = aWitness({ name: 'liar', inputChallenge: async () => ({ ...honest, ...lie(story) }) })
    await expect(ask(getInputChallengeData, { story, piece, witnesses: [liar] })).rejects.toMatchObject({
      code: 'NO_PROOF',
      retryable: true,
      message: expect.stringContaining(`liar: ${why}`),
    })
    expect(await ask(getInputChallengeData, { story, piece, witnesses: [liar, story.own] })).toMatchObject({
      in_flight_input_index: 1,
    })
  })

  test('an input that the contract has not is refused, whatever a witness shows', async () => {
    const story = spentInput()
    const honest = await story.own.inputChallenge(story.raw, 1)
    const liar = aWitness({ name: 'liar', inputChallenge: async () => ({ ...honest, in_flight_input_index: 3 }) })
    await expect(
      ask(getInputChallengeData, { story, piece: { input_index: 3 }, witnesses: [liar] }),
    ).rejects.toMatchObject({ message: expect.stringContaining('the exit has no input 3') })
  })
})

describe('getOutputChallengeData', () => {
  const piece = { output_index: 0 }

  test('shows the block that holds the transaction, and the spend of its output', async () => {
    const story = spentOutput()
    const proof = await story.own.outputChallenge(story.raw, 0)
    expect(await ask(getOutputChallengeData, { story, piece })).toEqual({
      exit_id: story.inputs.exit_id,
      in_flight_txbytes: toHex(story.raw),
      in_flight_output_pos: '1000000000000',
      in_flight_proof: toHex(proof.in_flight_proof),
      spending_txbytes: toHex(story.spend.transaction.raw),
      spending_input_index: 0,
      spending_sig: toHex(story.spend.signatures[0] ?? new Uint8Array()),
      occurrence,
      attempt: 3,
    })
  })

  test.each<[string, (story: ReturnType<typeof spentOutput>) => Partial<OutputChallengeData>, string]>([
    ['another transaction', () => ({ in_flight_txbytes: Uint8Array.of(1) }), 'other_in_flight_tx'],
    ['another output than was asked for', () => ({ in_flight_output_pos: at(1000n, 0, 1) }), 'output_not_created'],
    ['the wrong block', () => ({ in_flight_output_pos: at(2000n) }), 'in_flight_tx_not_included'],
    ['no proof', () => ({ in_flight_proof: new Uint8Array(512) }), 'in_flight_tx_not_included'],
    [
      'a spend of something else',
      ({ inFlight }) => ({ spending_txbytes: inFlight.transaction.raw }),
      'output_not_spent',
    ],
    [
      'a foreign signature',
      ({ inFlight }) => ({ spending_sig: inFlight.signatures[0] ?? new Uint8Array() }),
      'not_signed_by_owner',
    ],
  ])('refuses %s, and says why', async (_, lie, why) => {
    const story = spentOutput()
    const honest = await story.own.outputChallenge(story.raw, 0)
    const liar = aWitness({ name: 'liar', outputChallenge: async () => ({ ...honest, ...lie(story) }) })
    await expect(ask(getOutputChallengeData, { story, piece, witnesses: [liar] })).rejects.toMatchObject({
      code: 'NO_PROOF',
      message: expect.stringContaining(`liar: ${why}`),
    })
  })

  test.each([
    [getInputChallengeData, 'input_index', -1],
    [getInputChallengeData, 'input_index', '1'],
    [getOutputChallengeData, 'output_index', 70_000],
    [getOutputChallengeData, 'txbytes', '0x00'],
  ])('%j refuses %s = %j with the name of the field', async (task, field, value) => {
    const story = inFlightStory()
    const asked = { input_index: 0, output_index: 0, [field]: value }
    await expect(ask(task, { story, piece: asked })).rejects.toMatchObject({
      code: 'INVALID_TASK_INPUT',
      message: expect.stringContaining(field),
    })
  })

  test('Alice is named as owner of nothing that she did not sign', async () => {
    const story = inFlightStory()
    story.events.push(piggybacked(story.inFlight, { side: 'input', index: 0 }, 101))
    const forged = payment([{ utxoPos: story.ether, signer: mallory }], [pay(alice, 10n)])
    story.chain.archive.push({
      transaction: forged.transaction,
      signatures: new Map([[mallory.address, forged.signatures[0] ?? new Uint8Array()]]),
    })
    await expect(ask(getInputChallengeData, { story, piece: { input_index: 0 } })).rejects.toMatchObject({
      code: 'NO_PROOF',
    })
  })
})
