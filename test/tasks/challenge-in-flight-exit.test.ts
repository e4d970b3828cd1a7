import { describe, expect, test } from '@jest/globals'
import type { Hash } from '../../src/plasma/units.ts'
import { challengeInFlightExitInputSpent } from '../../src/tasks/challenge-in-flight-exit-input-spent.ts'
import { challengeInFlightExitNotCanonical } from '../../src/tasks/challenge-in-flight-exit-not-canonical.ts'
import { challengeInFlightExitOutputSpent } from '../../src/tasks/challenge-in-flight-exit-output-spent.ts'
import { respondToNonCanonicalChallenge } from '../../src/tasks/respond-to-non-canonical-challenge.ts'
import type { InFlightExitState, Task, World } from '../../src/tasks/task.ts'
import { NOT_INCLUDED, timeOf } from '../support/exits.ts'
import { aWorld, exitGame, NO_EXIT, responder } from '../support/world.ts'
import { END_OF_PHASE_ONE, inFlightStory, mined, occurrence } from './in-flight-story.ts'

const story = inFlightStory()
const { exit_id: exitId, txbytes } = story.inputs
const common = { exit_id: exitId, in_flight_txbytes: txbytes, occurrence, attempt: 1 }
/** The vector of plasma-contracts v1.0.x for the responder of these stories. */
const senderData = '0x8dd832049319556c1cd22ed66ae790d07fea25830a6151c2f0a9879b3ef61305'

type Different = Partial<World> & { state?: Partial<InFlightExitState> }

async function answer(task: Task, inputs: object, { state = {}, ...different }: Different) {
  const inFlightExits = { [exitId]: story.held(state) }
  const { world, ...seen } = aWorld({ inFlightExits, ...different })
  return { answer: await task.bind(world)({ ...common, ...inputs }), ...seen }
}

const input = {
  inputs: { input_tx: '0x05', input_utxo_pos: '1000000000' },
  call: { inputTx: '0x05', inputUtxoPos: 1_000_000_000n },
}
const spend = { spending_txbytes: '0x02', spending_input_index: 2, spending_sig: '0x03' }
const challenging = { challengingTx: '0x02', challengingTxInputIndex: 2, challengingTxWitness: '0x03', senderData }

describe('challengeInFlightExitNotCanonical', () => {
  const inputs = {
    in_flight_input_index: 1,
    competing_txbytes: '0x02',
    competing_input_index: 3,
    competing_sig: '0x03',
    competing_tx_pos: '7000000000000',
    competing_proof: '0x04',
    ...input.inputs,
  }
  const challenge = (state: Partial<InFlightExitState>, different: Partial<World> = {}, changed: object = {}) =>
    answer(challengeInFlightExitNotCanonical, { ...inputs, ...changed }, { ...different, state })

  test('shows the competitor once, in a name of its own, and tells how it ended', async () => {
    const { answer: given, sent, told, alarms } = await challenge({})
    expect(given).toEqual({ outcome: 'done_by_us', reason: 'mined', tx_hash: mined, exit_id: exitId, occurrence })
    expect(sent).toEqual([
      {
        key: `${exitGame}:challengeInFlightExitNotCanonical:${exitId}:${occurrence}:7000000000000`,
        purpose: 'challengeInFlightExitNotCanonical',
        value: 0n,
        call: {
          functionName: 'challengeInFlightExitNotCanonical',
          args: [
            {
              ...input.call,
              inFlightTx: txbytes,
              inFlightTxInputIndex: 1,
              competingTx: '0x02',
              competingTxInputIndex: 3,
              competingTxPos: 7_000_000_000_000n,
              competingTxInclusionProof: '0x04',
              competingTxWitness: '0x03',
            },
          ],
        },
      },
    ])
    expect(told).toMatchObject([{ what: { events: ['noncanonical_ife'], subject: { exitId: BigInt(exitId) } } }])
    expect(alarms).toEqual([])
  })

  test('an older competitor that appears later is another answer', async () => {
    const first = await challenge({}, {}, { competing_tx_pos: '0', competing_proof: '0x' })
    const second = await challenge({ isCanonical: false, oldestCompetitorPosition: NOT_INCLUDED })
    const third = await challenge(
      { isCanonical: false, oldestCompetitorPosition: 7_000_000_000_000n },
      {},
      { competing_tx_pos: '6000000000000' },
    )
    const keys = [first, second, third].map(({ sent }) => sent.map(({ key }) => key.split(':').at(-1)))
    expect(keys).toEqual([['0'], ['7000000000000'], ['6000000000000']])
  })

  test.each<[string, Partial<InFlightExitState>, string]>([
    ['the exit is gone', NO_EXIT, 'too_late'],
    ['it was shown already', { isCanonical: false, oldestCompetitorPosition: 7_000_000_000_000n }, 'done_by_other'],
    ['an older one was shown', { isCanonical: false, oldestCompetitorPosition: 5n }, 'done_by_other'],
    ['the transaction was shown to be older', { isCanonical: true, oldestCompetitorPosition: 5n }, 'not_needed'],
  ])('sends nothing when %s', async (_, state, outcome) => {
    const { answer: given, sent } = await challenge(state)
    expect(given).toMatchObject({ outcome })
    expect(sent).toEqual([])
  })

  test('one that is in no block says nothing against one that was shown to be in none', async () => {
    const state = { isCanonical: false, oldestCompetitorPosition: NOT_INCLUDED }
    const { answer: given } = await challenge(state, {}, { competing_tx_pos: '0', competing_proof: '0x' })
    expect(given).toMatchObject({ outcome: 'done_by_other' })
  })

  test('counts phase 1 by chain time: in its last second the next block is too late, and a person hears of it', async () => {
    const last = timeOf(END_OF_PHASE_ONE) - 1n
    const inTime = await challenge({}, { now: async () => (last - 1n) as never })
    expect(inTime.answer).toMatchObject({ outcome: 'done_by_us' })
    const late = await challenge({}, { now: async () => last as never })
    expect(late.answer).toMatchObject({ outcome: 'too_late' })
    expect(late.sent).toEqual([])
    expect(late.alarms).toMatchObject([{ kind: 'answer_too_late', level: 'critical', occurrence }])
  })
})

describe('respondToNonCanonicalChallenge', () => {
  const inputs = { in_flight_tx_pos: '6000000000000', in_flight_proof: '0x04' }
  const challenged = { isCanonical: false, oldestCompetitorPosition: 7_000_000_000_000n }
  const respond = (state: Partial<InFlightExitState>, different: Partial<World> = {}) =>
    answer(respondToNonCanonicalChallenge, inputs, { ...different, state })

  test('shows the block once, and tells how it ended', async () => {
    const { answer: given, sent, told } = await respond(challenged)
    expect(given).toMatchObject({ outcome: 'done_by_us', exit_id: exitId })
    expect(sent).toEqual([
      {
        key: `${exitGame}:respondToNonCanonicalChallenge:${exitId}:${occurrence}`,
        purpose: 'respondToNonCanonicalChallenge',
        value: 0n,
        call: { functionName: 'respondToNonCanonicalChallenge', args: [txbytes, 6_000_000_000_000n, '0x04'] },
      },
    ])
    expect(told).toMatchObject([{ what: { events: ['invalid_ife_challenge'] } }])
  })

  test('is answered in phase 2 as well', async () => {
    const { sent } = await respond(challenged, { now: async () => timeOf(END_OF_PHASE_ONE + 100) })
    expect(sent).toHaveLength(1)
  })

  test.each<[string, Partial<InFlightExitState>, string]>([
    ['the exit is gone', NO_EXIT, 'too_late'],
    ['nobody has challenged', {}, 'not_needed'],
    ['somebody has responded', { isCanonical: true, oldestCompetitorPosition: 6_000_000_000_000n }, 'done_by_other'],
    ['the competitor is as old', { isCanonical: false, oldestCompetitorPosition: 6_000_000_000_000n }, 'impossible'],
    ['the competitor is older', { isCanonical: false, oldestCompetitorPosition: 5n }, 'impossible'],
  ])('sends nothing when %s', async (_, state, outcome) => {
    const { answer: given, sent } = await respond(state)
    expect(given).toMatchObject({ outcome })
    expect(sent).toEqual([])
  })
})

describe('challengeInFlightExitInputSpent', () => {
  const inputs = { in_flight_input_index: 1, ...spend, ...input.inputs }
  const INPUT_1 = 0b10n

  test('shows the spend once, in the name of the input', async () => {
    const { sent, told } = await answer(challengeInFlightExitInputSpent, inputs, { state: { exitMap: INPUT_1 } })
    expect(sent).toEqual([
      {
        key: `${exitGame}:challengeInFlightExitInputSpent:${exitId}:input:1:${occurrence}`,
        purpose: 'challengeInFlightExitInputSpent',
        from: responder,
        value: 0n,
        call: {
          functionName: 'challengeInFlightExitInputSpent',
          args: [{ inFlightTx: txbytes, inFlightTxInputIndex: 1, ...challenging, ...input.call }],
        },
      },
    ])
    expect(told).toMatchObject([
      { what: { events: ['invalid_piggyback'], subject: { exitId: BigInt(exitId), side: 'input', index: 1 } } },
    ])
  })
})

describe('challengeInFlightExitOutputSpent', () => {
  const inputs = { in_flight_output_pos: '6000000000001', in_flight_proof: '0x04', ...spend }
  const OUTPUT_1 = 0b10_0000n

  test('shows the spend once, in the name of the output', async () => {
    const { sent, told } = await answer(challengeInFlightExitOutputSpent, inputs, { state: { exitMap: OUTPUT_1 } })
    expect(sent).toEqual([
      {
        key: `${exitGame}:challengeInFlightExitOutputSpent:${exitId}:output:1:${occurrence}`,
        purpose: 'challengeInFlightExitOutputSpent',
        from: responder,
        value: 0n,
        call: {
          functionName: 'challengeInFlightExitOutputSpent',
          args: [
            {
              inFlightTx: txbytes,
              inFlightTxInclusionProof: '0x04',
              outputUtxoPos: 6_000_000_000_001n,
              ...challenging,
            },
          ],
        },
      },
    ])
    expect(told).toMatchObject([{ what: { subject: { side: 'output', index: 1 } } }])
  })

  const paid = async (outputId: Hash) => outputId === story.held().outputs[1]?.outputId
  test.each<[string, Different, string]>([
    ['the exit is gone', { state: NO_EXIT }, 'too_late'],
    ['another has challenged', { state: { exitMap: 0b1_0000n } }, 'done_by_other'],
    ['only the input of that index is piggybacked', { state: { exitMap: 0b10n } }, 'done_by_other'],
    ['the piece was paid', { isOutputFinalized: paid }, 'too_late'],
    ['the exit has no such output', { state: { outputs: [] } }, 'not_needed'],
  ])('sends nothing when %s', async (_, different, outcome) => {
    const { answer: given, sent } = await answer(challengeInFlightExitOutputSpent, inputs, different)
    expect(given).toMatchObject({ outcome })
    expect(sent).toEqual([])
  })

  test('is challenged in phase 2 as well, however late', async () => {
    const late = { now: async () => timeOf(100_000) }
    const { sent } = await answer(challengeInFlightExitOutputSpent, inputs, { ...late, state: { exitMap: OUTPUT_1 } })
    expect(sent).toHaveLength(1)
  })
})

const everything = {
  in_flight_input_index: 0,
  competing_txbytes: '0x',
  competing_input_index: 0,
  competing_sig: '0x',
  competing_tx_pos: '0',
  competing_proof: '0x',
  in_flight_tx_pos: '1',
  in_flight_output_pos: '1',
  in_flight_proof: '0x',
  ...spend,
  ...input.inputs,
}

describe('every challenge and response', () => {
  const tasks = {
    challengeInFlightExitNotCanonical,
    respondToNonCanonicalChallenge,
    challengeInFlightExitInputSpent,
    challengeInFlightExitOutputSpent,
  }
  test.each<[keyof typeof tasks, string, unknown]>([
    ['challengeInFlightExitNotCanonical', 'competing_tx_pos', 7],
    ['challengeInFlightExitNotCanonical', 'in_flight_txbytes', '0x00'],
    ['challengeInFlightExitNotCanonical', 'competing_proof', undefined],
    ['respondToNonCanonicalChallenge', 'in_flight_tx_pos', '-1'],
    ['respondToNonCanonicalChallenge', 'in_flight_txbytes', '0x00'],
    ['challengeInFlightExitInputSpent', 'in_flight_input_index', 65_536],
    ['challengeInFlightExitInputSpent', 'in_flight_txbytes', '0x00'],
    ['challengeInFlightExitOutputSpent', 'in_flight_output_pos', '1.5'],
    ['challengeInFlightExitOutputSpent', 'in_flight_txbytes', '0x00'],
    ['challengeInFlightExitOutputSpent', 'occurrence', 'x:0'],
  ])('%s refuses %s = %j with the name of the field', async (name, field, value) => {
    await expect(answer(tasks[name], { ...everything, [field]: value }, {})).rejects.toMatchObject({
      code: 'INVALID_TASK_INPUT',
      message: expect.stringContaining(field),
    })
  })
})
