import { describe, expect, test } from '@jest/globals'
import type { Timestamp, Wei } from '../../src/plasma/units.ts'
import { ETH } from '../../src/plasma/units.ts'
import { deleteNonPiggybackedInFlightExit } from '../../src/tasks/delete-non-piggybacked-in-flight-exit.ts'
import { processExits } from '../../src/tasks/process-exits.ts'
import type { InFlightExitState, QueuedExit, World } from '../../src/tasks/task.ts'
import { timeOf } from '../support/exits.ts'
import { alice, mallory } from '../support/signers.ts'
import { token } from '../support/transactions.ts'
import { aWorld, exitGame, NO_EXIT } from '../support/world.ts'
import { END_OF_PHASE_ONE, inFlightStory, occurrence } from './in-flight-story.ts'

const now = timeOf(101)
const queued = (exitId: bigint, before = 1n): QueuedExit => ({ exitId, exitableAt: (now - before) as Timestamp })
const open = { exitable: true, amount: 5n as Wei }

describe('processExits', () => {
  const inputs = { exit_id: '7', vault_id: '1', token: ETH, occurrence, attempt: 1 }

  async function ask(
    queue: readonly QueuedExit[],
    { exits = { 7: open }, ...different }: Parameters<typeof aWorld>[0] = {},
    changed = {},
  ) {
    const { world, ...seen } = aWorld({ exits, exitQueue: async () => queue, ...different })
    return { answer: await processExits.bind(world)({ ...inputs, ...changed }), ...seen }
  }

  test('processes the queue up to our exit, in its order', async () => {
    const { answer, sent, told } = await ask([queued(3n, 9n), queued(5n, 5n), queued(7n), queued(8n)])
    expect(answer).toMatchObject({ outcome: 'done_by_us', exit_id: '7', occurrence })
    expect(sent).toEqual([
      {
        key: `${exitGame}:processExits:7:${ETH}:${occurrence}:3@${now - 9n}`,
        purpose: 'processExits',
        value: 0n,
        call: { functionName: 'processExits', args: [1n, ETH, 0n, 3n] },
      },
    ])
    expect(told).toMatchObject([{ what: { events: ['exit_processable'], subject: { exitId: 7n, token: ETH } } }])
  })

  test('processes no more than 20 at once; the next attempt is another answer', async () => {
    const crowd = Array.from({ length: 50 }, (_, at) => queued(BigInt(100 + at), BigInt(500 - at)))
    const first = await ask([...crowd, queued(7n)])
    const second = await ask([...crowd.slice(20), queued(7n)])
    expect([first, second].map(({ sent }) => sent[0]?.call?.args[3])).toEqual([20n, 20n])
    expect(first.sent[0]?.key).not.toBe(second.sent[0]?.key)
  })

  test('of an in-flight exit, token by token', async () => {
    const story = inFlightStory()
    const { sent } = await ask(
      [queued(story.exitId)],
      { inFlightExits: { [story.exitId.toString()]: story.held({ exitMap: 1n }) } },
      { exit_id: story.exitId.toString(), vault_id: '2', token: token.toUpperCase().replace('X', 'x') },
    )
    expect(sent).toMatchObject([{ call: { args: [2n, token, 0n, 1n] } }])
  })

  test('does nothing too early: the call would not fail, and not help', async () => {
    for (const exitableAt of [now, (now + 1n) as Timestamp]) {
      const early = ask([{ exitId: 7n, exitableAt }])
      await expect(early).rejects.toMatchObject({ code: 'NOT_YET', retryable: true })
    }
  })

  const challenged = { exits: { 7: { ...open, exitable: false } } }
  test.each<[string, Parameters<typeof ask>, string]>([
    ['the exit was processed', [[queued(3n)], { exits: {} }], 'not_needed'],
    ['the exit was challenged', [[queued(7n)], challenged], 'not_needed'],
    ['the exit has left this queue', [[queued(3n)]], 'not_needed'],
    ['the queue is empty or missing', [[]], 'not_needed'],
  ])('sends nothing when %s', async (_, asked, outcome) => {
    const { answer, sent } = await ask(...asked)
    expect(answer).toMatchObject({ outcome })
    expect(sent).toEqual([])
  })

  test('leaves the rest to the next attempt when somebody else processes the same exits', async () => {
    const queues = [[queued(3n, 9n), queued(7n)], [queued(7n)]]
    const { world, sent } = aWorld({ exits: { 7: open }, exitQueue: async () => queues.shift() ?? [queued(7n)] })
    expect(await processExits.bind(world)(inputs)).toMatchObject({ outcome: 'done_by_other' })
    expect(sent).toEqual([])
  })

  test.each([
    ['vault_id', '2'],
    ['token', '0x00'],
    ['token', 'ETH'],
    ['exit_id', 7],
  ])('refuses %s = %j with its name', async (field, value) => {
    await expect(ask([queued(7n)], {}, { [field]: value })).rejects.toMatchObject({
      code: 'INVALID_TASK_INPUT',
      message: expect.stringContaining(field),
    })
  })
})

describe('deleteNonPiggybackedInFlightExit', () => {
  const story = inFlightStory()
  const inputs = { exit_id: story.exitId.toString(), occurrence, attempt: 1 }
  const over = timeOf(END_OF_PHASE_ONE)

  async function ask(state: Partial<InFlightExitState> = {}, different: Partial<World> = {}) {
    const inFlightExits = { [inputs.exit_id]: story.held({ bondOwner: alice.address, ...state }) }
    const { world, ...seen } = aWorld({ inFlightExits, now: async () => over, ...different })
    return { answer: await deleteNonPiggybackedInFlightExit.bind(world)(inputs), ...seen }
  }

  test('fetches the bond of an exit that nobody joined', async () => {
    const { answer, sent, told } = await ask()
    expect(answer).toMatchObject({ outcome: 'done_by_us' })
    expect(sent).toEqual([
      {
        key: `${exitGame}:deleteNonPiggybackedInFlightExit:${story.exitId}:${occurrence}`,
        purpose: 'deleteNonPiggybackedInFlightExit',
        value: 0n,
        call: { functionName: 'deleteNonPiggybackedInFlightExit', args: [story.exitId] },
      },
    ])
    expect(told).toMatchObject([{ what: { events: ['bond_recoverable'], subject: { exitId: story.exitId } } }])
  })

  test('is tried again when phase 1 is not over', async () => {
    const last = async () => (over - 1n) as Timestamp
    await expect(ask({}, { now: last })).rejects.toMatchObject({ code: 'NOT_YET', retryable: true })
  })

  test.each<[string, Partial<InFlightExitState>, string]>([
    ['the exit is gone', NO_EXIT, 'done_by_other'],
    ['somebody has joined it', { exitMap: 1n }, 'not_needed'],
    ['the bond went to whoever challenged it', { bondOwner: mallory.address }, 'not_needed'],
  ])('sends nothing when %s', async (_, state, outcome) => {
    const { answer, sent } = await ask(state)
    expect(answer).toMatchObject({ outcome })
    expect(sent).toEqual([])
  })
})
