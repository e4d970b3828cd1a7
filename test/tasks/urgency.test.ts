import { describe, expect, test } from '@jest/globals'
import { lastOfPhaseOne } from '../../src/exit-game/deadlines.ts'
import { GuardError } from '../../src/lib/errors.ts'
import { toHex } from '../../src/lib/bytes.ts'
import { ETH, type Timestamp, type Wei } from '../../src/plasma/units.ts'
import { challengeInFlightExitInputSpent } from '../../src/tasks/challenge-in-flight-exit-input-spent.ts'
import { challengeStandardExit } from '../../src/tasks/challenge-standard-exit.ts'
import { piggybackInFlightExitOnOutput } from '../../src/tasks/piggyback-in-flight-exit-on-output.ts'
import { processExits } from '../../src/tasks/process-exits.ts'
import { respondToNonCanonicalChallenge } from '../../src/tasks/respond-to-non-canonical-challenge.ts'
import { startStandardExit } from '../../src/tasks/start-standard-exit.ts'
import type { ExitQueue, World } from '../../src/tasks/task.ts'
import { standardExitId } from '../../src/exit-game/exit-id.ts'
import { hashOf } from '../support/conditions.ts'
import { MEP, timeOf } from '../support/exits.ts'
import { bob, carol } from '../support/signers.ts'
import { at, deposit, token } from '../support/transactions.ts'
import { aWorld } from '../support/world.ts'
import { inFlightStory, occurrence } from './in-flight-story.ts'

const story = inFlightStory()
const second = (seconds: bigint) => (timeOf(101) + seconds) as Timestamp
const amountOf = (amount: bigint) => amount as Wei

/** Bob's deposit, which somebody exits though it was spent: output 0 of its transaction. */
const coin = deposit(bob, 10n)
const exitId = standardExitId(coin.raw, at(1n))
const exit = { exitable: true, amount: amountOf(10n) }
const challenge = {
  exit_id: exitId.toString(),
  exiting_tx: toHex(coin.raw),
  txbytes: '0x02',
  input_index: 0,
  sig: '0x03',
}

function challengeExit(different: Partial<World>) {
  const { world, urgencies } = aWorld({ exits: { [exitId.toString()]: exit }, ...different })
  return challengeStandardExit
    .bind(world)({ ...challenge, occurrence, attempt: 1 })
    .then(() => urgencies)
}

class Down extends GuardError {
  override readonly code = 'DOWN'
  override readonly retryable = true
}

describe('the urgency of an answer', () => {
  test('is what whoever watches says, who is asked by event, subject and occurrence', async () => {
    const asked: unknown[] = []
    const urgencies = await challengeExit({
      deadlineOf: (matter) => {
        asked.push(matter)
        return second(9n)
      },
    })
    expect(asked).toEqual([{ events: ['invalid_exit'], subject: { exitId }, occurrence }])
    expect(urgencies).toEqual([{ purpose: 'challengeStandardExit', deadline: second(9n), stake: 10n, own: false }])
  })

  test('is read from the exit queue of the token where nobody watches', async () => {
    const asked: ExitQueue[] = []
    const exitQueue: World['exitQueue'] = async (queue) => {
      asked.push(queue)
      return [
        { exitId: 5n, exitableAt: second(1n) },
        { exitId, exitableAt: second(7n) },
      ]
    }
    expect(await challengeExit({ exitQueue })).toMatchObject([{ deadline: second(7n) }])
    expect(asked).toEqual([{ vaultId: 1n, token: ETH }])
  })

  test('never keeps an answer back: what cannot be read is left out', async () => {
    const urgencies = await challengeExit({ exitQueue: () => Promise.reject(new Down('no answer')) })
    expect(urgencies).toMatchObject([{ deadline: undefined, stake: 10n, own: false }])
  })

  test('of a response is the first second in which any token of the exit may be paid; an own output makes it ours', async () => {
    const state = { isCanonical: false, oldestCompetitorPosition: 2n ** 256n - 1n }
    const { world, urgencies } = aWorld({
      inFlightExits: { [story.inputs.exit_id]: story.held(state) },
      exitQueue: async (queue) => [
        { exitId: story.exitId, exitableAt: queue.token === ETH ? second(80n) : second(60n) },
      ],
    })
    const proof = {
      in_flight_txbytes: story.inputs.txbytes,
      in_flight_tx_pos: '7000000000000',
      in_flight_proof: '0x04',
    }
    await respondToNonCanonicalChallenge.bind(world)({
      exit_id: story.inputs.exit_id,
      ...proof,
      occurrence,
      attempt: 1,
    })
    // Carol gets ether, Alice tokens: what that is worth nobody can tell.
    expect(urgencies).toEqual([
      { purpose: 'respondToNonCanonicalChallenge', deadline: second(60n), stake: undefined, own: true },
    ])
  })

  test('of a spent piece is that of its own token', async () => {
    const { world, urgencies } = aWorld({
      inFlightExits: { [story.inputs.exit_id]: story.held({ exitMap: 1n }) },
      exitQueue: async (queue) => [
        { exitId: story.exitId, exitableAt: queue.token === token ? second(60n) : second(80n) },
      ],
    })
    await challengeInFlightExitInputSpent.bind(world)({
      ...{ exit_id: story.inputs.exit_id, in_flight_txbytes: story.inputs.txbytes, in_flight_input_index: 0 },
      ...{ spending_txbytes: '0x02', spending_input_index: 0, spending_sig: '0x03', input_tx: '0x05' },
      ...{ input_utxo_pos: '1000000000', occurrence, attempt: 1 },
    })
    expect(urgencies).toMatchObject([{ deadline: second(80n), stake: 10n, own: false }])
  })

  test('of a piggyback ends with phase 1 and is ours, as is the queue that it waits for', async () => {
    const { world, urgencies } = aWorld({
      own: new Set([carol.address]),
      witnesses: [story.own],
      roots: story.roots,
      hasExitQueue: async () => false,
      inFlightExits: { [story.inputs.exit_id]: story.held() },
    })
    await piggybackInFlightExitOnOutput.bind(world)({ ...story.inputs, index: 0 })
    const urgency = { deadline: lastOfPhaseOne(timeOf(100), MEP), stake: 10n, own: true }
    expect(urgencies).toEqual([
      { purpose: 'addExitQueue', ...urgency },
      { purpose: 'piggybackInFlightExitOnOutput', ...urgency },
    ])
  })

  test('of a payout of ours is what it pays, without a deadline', async () => {
    const { world, urgencies } = aWorld({
      exits: { 7: exit },
      exitQueue: async () => [{ exitId: 7n, exitableAt: second(-9n) }],
    })
    await processExits.bind(world)({ exit_id: '7', vault_id: '1', token: ETH, occurrence, attempt: 1 })
    expect(urgencies).toEqual([{ purpose: 'processExits', deadline: undefined, stake: 10n, own: true }])
  })

  test('of leaving is the time to beat of the plan', async () => {
    const { world, urgencies } = aWorld({ own: new Set([bob.address]) })
    world.leaving.deadlineOf = (id) => (id === exitId ? second(44n) : undefined)
    const order = { exit_id: exitId.toString(), utxo_pos: at(1n).toString(), txbytes: toHex(coin.raw), proof: '0x0b' }
    await startStandardExit.bind(world)({
      ...{ plan_id: hashOf('a'), standard_exits: [{ ...order, add_exit_queue: false }], occurrence, attempt: 1 },
    })
    expect(urgencies).toEqual([{ purpose: 'startStandardExit', deadline: second(44n), stake: 10n, own: true }])
  })
})
