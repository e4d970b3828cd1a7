import { describe, expect, test } from '@jest/globals'
import { challengeStandardExit } from '../../src/tasks/challenge-standard-exit.ts'
import { hashOf } from '../support/conditions.ts'
import { aWorld, exitGame, responder } from '../support/world.ts'

const occurrence = `${hashOf('e')}:0`
const inputs = {
  exit_id: '7',
  exiting_tx: '0x01',
  txbytes: '0x02',
  input_index: 1,
  sig: '0x03',
  occurrence,
  attempt: 1,
}
const open = { exitable: true, amount: 5n as never }

describe('challengeStandardExit', () => {
  test('sends the challenge of an open exit, names what it achieves, and tells how it ended', async () => {
    const { world, sent, told } = aWorld({ exits: { 7: open } })
    expect(await challengeStandardExit.bind(world)(inputs)).toEqual({
      outcome: 'done_by_us',
      reason: 'mined',
      tx_hash: `0x${'77'.repeat(32)}`,
      exit_id: '7',
      occurrence,
    })
    expect(sent).toEqual([
      {
        key: `${exitGame}:challengeStandardExit:7:${occurrence}`,
        purpose: 'challengeStandardExit',
        from: responder,
        value: 0n,
        call: {
          functionName: 'challengeStandardExit',
          args: [
            {
              exitId: 7n,
              exitingTx: '0x01',
              challengeTx: '0x02',
              inputIndex: 1,
              witness: '0x03',
              // The vector of plasma-contracts v1.0.x for this sender.
              senderData: '0x8dd832049319556c1cd22ed66ae790d07fea25830a6151c2f0a9879b3ef61305',
            },
          ],
        },
      },
    ])
    expect(told).toMatchObject([
      { what: { events: ['invalid_exit'], subject: { exitId: 7n }, occurrence }, outcome: { outcome: 'done_by_us' } },
    ])
  })

  test('finds that another has challenged, and sends nothing', async () => {
    const { world, sent } = aWorld({ exits: { 7: { exitable: false, amount: 5n as never } } })
    expect(await challengeStandardExit.bind(world)(inputs)).toMatchObject({ outcome: 'done_by_other' })
    expect(sent).toEqual([])
  })

  test('finds that the exit is gone, and sends nothing', async () => {
    const { world, sent, told } = aWorld()
    expect(await challengeStandardExit.bind(world)(inputs)).toMatchObject({ outcome: 'too_late' })
    expect(sent).toEqual([])
    expect(told).toMatchObject([{ outcome: { outcome: 'too_late' } }])
  })

  test.each([
    ['exit_id', '0x7'],
    ['exit_id', 7],
    ['exit_id', '9'.repeat(79)],
    ['input_index', -1],
    ['input_index', 1.5],
    ['sig', 'ff'],
    ['occurrence', 'yesterday'],
    ['attempt', undefined],
  ])('refuses %s = %j with the name of the field', async (field, value) => {
    const { world, sent } = aWorld({ exits: { 7: open } })
    await expect(challengeStandardExit.bind(world)({ ...inputs, [field]: value })).rejects.toMatchObject({
      code: 'INVALID_TASK_INPUT',
      message: expect.stringContaining(field),
    })
    expect(sent).toEqual([])
  })
})
