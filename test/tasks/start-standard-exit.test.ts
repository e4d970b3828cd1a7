import { describe, expect, test } from '@jest/globals'
import { standardExitId } from '../../src/exit-game/exit-id.ts'
import { GuardError } from '../../src/lib/errors.ts'
import { toHex } from '../../src/lib/bytes.ts'
import { startStandardExit } from '../../src/tasks/start-standard-exit.ts'
import { hashOf } from '../support/conditions.ts'
import { known } from '../support/holdings.ts'
import { alice, bob } from '../support/signers.ts'
import { at, deposit, pay, payment, token } from '../support/transactions.ts'
import { aWorld, exitGame } from '../support/world.ts'

const occurrence = `${hashOf('e')}:0`
const mined = { outcome: 'done_by_us', reason: 'mined', tx_hash: `0x${'77'.repeat(32)}` }

/** Somebody's deposit, as a plan names it. */
function coin(blknum: bigint, owner = alice, currency = token) {
  const { raw } = deposit(owner, blknum, currency)
  const utxoPos = at(blknum)
  return {
    exitId: standardExitId(raw, utxoPos),
    utxoPos,
    wire: {
      exit_id: standardExitId(raw, utxoPos).toString(),
      utxo_pos: utxoPos.toString(),
      txbytes: toHex(raw),
      proof: '0x0b',
      currency,
      amount: blknum.toString(),
      add_exit_queue: false,
    },
  }
}

function inputs(...coins: readonly ReturnType<typeof coin>[]) {
  return { plan_id: hashOf('a'), standard_exits: coins.map(({ wire }) => wire), occurrence, attempt: 1 }
}

class NoFunds extends GuardError {
  override readonly code = 'INSUFFICIENT_FUNDS'
  override readonly retryable = true
}

describe('startStandardExit', () => {
  test('starts every exit of the plan in its order, from its owner, with the bond of now', async () => {
    const { world, sent } = aWorld({ own: new Set([alice.address, bob.address]) })
    const [one, two] = [coin(7n), coin(8n, bob)]
    expect(await startStandardExit.bind(world)(inputs(one, two))).toEqual({
      plan_id: hashOf('a'),
      outcome: 'done_by_us',
      reason: 'mined',
      items: [
        { exit_id: one.exitId.toString(), ...mined },
        { exit_id: two.exitId.toString(), ...mined },
      ],
      occurrence,
    })
    expect(sent).toMatchObject([
      { key: `${exitGame}:startStandardExit:${one.exitId}`, from: alice.address, value: 14n },
      { key: `${exitGame}:startStandardExit:${two.exitId}`, from: bob.address, value: 14n },
    ])
    expect(sent[0]?.call).toEqual({
      functionName: 'startStandardExit',
      args: [{ utxoPos: one.utxoPos, rlpOutputTx: one.wire.txbytes, outputTxInclusionProof: '0x0b' }],
    })
  })

  test('names an exit by itself, so two causes start it once; after the contract is done with it, it is another', async () => {
    const one = coin(7n)
    const first = aWorld()
    await startStandardExit.bind(first.world)({ ...inputs(one), occurrence: `${hashOf('b')}:3`, attempt: 9 })
    const leaving = { ...first.world.leaving, endedStart: () => `${hashOf('c')}:0` }
    const second = aWorld({ leaving })
    await startStandardExit.bind(second.world)(inputs(one))
    expect([...first.sent, ...second.sent].map(({ key }) => key)).toEqual([
      `${exitGame}:startStandardExit:${one.exitId}`,
      `${exitGame}:startStandardExit:${one.exitId}:after:${hashOf('c')}:0`,
    ])
  })

  test('adds the queue of a token first, where the plan asks for it and it is still missing', async () => {
    const one = coin(7n)
    const asking = { ...one, wire: { ...one.wire, add_exit_queue: true } }
    const without = aWorld({ hasExitQueue: async () => false })
    await startStandardExit.bind(without.world)(inputs(asking))
    expect(without.sent.map(({ purpose }) => purpose)).toEqual(['addExitQueue', 'startStandardExit'])
    const withQueue = aWorld()
    await startStandardExit.bind(withQueue.world)(inputs(asking))
    expect(withQueue.sent.map(({ purpose }) => purpose)).toEqual(['startStandardExit'])
  })

  test('goes on after a failure, and says the worst of all', async () => {
    const [one, two] = [coin(7n), coin(8n)]
    const inner = aWorld()
    const { world } = aWorld({
      submit: async (intent) => {
        if (intent.key.endsWith(one.exitId.toString())) throw new NoFunds('no money')
        return inner.world.submit(intent)
      },
    })
    expect(await startStandardExit.bind(world)(inputs(one, two))).toMatchObject({
      outcome: 'refused',
      reason: 'Not now: no money',
      items: [{ outcome: 'refused' }, { outcome: 'done_by_us' }],
    })
  })

  test('begins nothing more when the program ends', async () => {
    class Interrupted extends GuardError {
      override readonly code = 'SUBMISSION_INTERRUPTED'
      override readonly retryable = true
    }
    const asked: string[] = []
    const { world } = aWorld({
      submit: ({ key }) => {
        asked.push(key)
        return Promise.reject(new Interrupted('the end'))
      },
    })
    const run = startStandardExit.bind(world)(inputs(coin(7n), coin(8n)))
    await expect(run).rejects.toMatchObject({ code: 'SUBMISSION_INTERRUPTED' })
    expect(asked).toHaveLength(1)
  })

  test.each([
    ['is there already', { exitable: true, amount: 7n as never }, 'done_by_other'],
    ['was challenged', { exitable: false, amount: 7n as never }, 'impossible'],
  ])('sends nothing when an exit of the output %s', async (_, state, outcome) => {
    const one = coin(7n)
    const { world, sent } = aWorld({ exits: { [one.exitId.toString()]: state } })
    expect(await startStandardExit.bind(world)(inputs(one))).toMatchObject({ outcome })
    expect(sent).toEqual([])
  })

  test('sends nothing when an exit has paid the output', async () => {
    const { world, sent } = aWorld({ isOutputFinalized: async () => true })
    expect(await startStandardExit.bind(world)(inputs(coin(7n)))).toMatchObject({ outcome: 'not_needed' })
    expect(sent).toEqual([])
  })

  test('sends nothing when the owner has signed the output away since', async () => {
    const one = coin(7n)
    const spend = known(payment([{ utxoPos: one.utxoPos, signer: alice }], [pay(bob, 7n, token)]))
    const { world, sent } = aWorld({ archivedSpends: () => [spend] })
    expect(await startStandardExit.bind(world)(inputs(one))).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining(spend.transaction.txHash),
    })
    expect(sent).toEqual([])
  })

  test('refuses when the configuration does not let the guard leave', async () => {
    const { world, sent } = aWorld({ leaving: { ...aWorld().world.leaving, refusal: 'mode is defend' } })
    expect(await startStandardExit.bind(world)(inputs(coin(7n)))).toMatchObject({
      outcome: 'refused',
      reason: 'mode is defend',
    })
    expect(sent).toEqual([])
  })

  test("refuses somebody else's output, another exit id, and an output that is none", async () => {
    const { world, sent } = aWorld()
    const foreign = coin(7n, bob)
    const renamed = { ...coin(7n), wire: { ...coin(7n).wire, exit_id: '5' } }
    const missing = { ...coin(7n), wire: { ...coin(7n).wire, utxo_pos: at(7n, 0, 3).toString() } }
    expect(await startStandardExit.bind(world)(inputs(foreign, renamed, missing))).toMatchObject({
      items: [{ outcome: 'refused' }, { outcome: 'impossible' }, { outcome: 'impossible' }],
    })
    expect(sent).toEqual([])
  })

  test('does nothing for an empty plan', async () => {
    const { world } = aWorld()
    expect(await startStandardExit.bind(world)(inputs())).toMatchObject({ outcome: 'not_needed', items: [] })
  })

  test.each([
    ['standard_exits', 'all'],
    ['standard_exits', [{ ...coin(7n).wire, proof: 'nonsense' }]],
    ['standard_exits', [{ ...coin(7n).wire, utxo_pos: 7 }]],
    ['plan_id', undefined],
    ['occurrence', 'yesterday'],
  ])('refuses %s = %j', async (field, value) => {
    const { world, sent } = aWorld()
    const run = startStandardExit.bind(world)({ ...inputs(coin(7n)), [field]: value })
    await expect(run).rejects.toMatchObject({ code: 'INVALID_TASK_INPUT' })
    expect(sent).toEqual([])
  })
})
