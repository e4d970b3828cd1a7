import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { packageRoot } from '../../src/config.ts'
import { checkParameters } from '../../src/engine/parameter.ts'
import { toJsonObject } from '../../src/engine/json.ts'
import { parseService } from '../../src/engine/service.ts'
import { toHex } from '../../src/lib/bytes.ts'
import { getExitPlan } from '../../src/tasks/get-exit-plan.ts'
import { encodeUtxoPos } from '../../src/plasma/position.ts'
import { LeavingRefusedError, type Cause } from '../../src/tasks/leaving.ts'
import { startInFlightExit } from '../../src/tasks/start-in-flight-exit.ts'
import { startStandardExit } from '../../src/tasks/start-standard-exit.ts'
import { hashOf } from '../support/conditions.ts'
import { childChain } from '../support/exits.ts'
import { planOf } from '../support/holdings.ts'
import { alice, bob } from '../support/signers.ts'
import { pay, payment, token } from '../support/transactions.ts'
import { aWorld } from '../support/world.ts'

const service = parseService('mesg.yml', readFileSync(join(packageRoot, 'mesg.yml'), 'utf8'))
const occurrence = `${hashOf('e')}:0`
const inputs = { cause: 'invalid_block', blknum: '2000', occurrence, attempt: 3 }

/** Alice has a deposit, and a payment that no block holds. */
function aPlan() {
  const chain = childChain()
  const spent = chain.deposit(alice, 10n, token)
  const kept = chain.deposit(alice, 5n)
  const tx = payment([{ utxoPos: spent, signer: alice }], [pay(bob, 3n, token), pay(alice, 7n, token)])
  return { plan: planOf({ chain, people: [alice], archived: [tx] }), tx, kept }
}

function leavingBy(plan: ReturnType<typeof planOf>) {
  const causes: Cause[] = []
  const leaving = {
    ...aWorld().world.leaving,
    feePerGas: async () => 2n as never,
    plan: async (cause: Cause) => {
      causes.push(cause)
      return plan
    },
  }
  return { leaving, causes }
}

const next = [
  [startInFlightExit, 'in_flight_exits'],
  [startStandardExit, 'standard_exits'],
] as const

/** What mesg.yml has against some fields. */
function problemsOf(task: string, which: 'inputs' | 'outputs', fields: unknown): string[] {
  const declared = service.tasks[task]
  if (!declared) throw new Error(`There is no task ${task}.`)
  return checkParameters(declared[which], toJsonObject(fields))
}

describe('getExitPlan', () => {
  test('gives a plan that the next tasks take, as mesg.yml declares it', async () => {
    const { plan, tx, kept } = aPlan()
    const { leaving, causes } = leavingBy(plan)
    const { world } = aWorld({ leaving })
    const outputs = await getExitPlan.bind(world)(inputs)
    expect(causes).toEqual([{ type: 'invalid_block', blknum: 2000n, occurrence }])
    expect(outputs).toEqual({
      plan_id: expect.stringMatching(/^0x[0-9a-f]{64}$/),
      cause: 'invalid_block',
      // Bonds 37 + 2 * 28 + 14; gas of a queue, a start, two piggybacks and an exit, at 2 wei.
      summary:
        'Starts 1 in-flight exits with 2 piggybacks and 1 standard exits, for 107 wei of bonds, which come back, ' +
        'and about 4800000 wei of gas.',
      in_flight_exits: [
        {
          exit_id: plan.inFlightExits[0]?.exitId.toString(),
          in_flight_tx: toHex(tx.transaction.raw),
          input_txs: [expect.stringMatching(/^0x/)],
          input_utxos_pos: [tx.transaction.inputs[0]?.toString()],
          input_txs_inclusion_proofs: [expect.stringMatching(/^0x[0-9a-f]{1024}$/)],
          in_flight_tx_sigs: tx.signatures.map(toHex),
          piggyback_inputs: [0],
          piggyback_outputs: [1],
          add_exit_queues: [token],
        },
      ],
      standard_exits: [expect.objectContaining({ utxo_pos: kept.toString(), amount: '5', add_exit_queue: false })],
      occurrence,
      attempt: 3,
    })
    expect(problemsOf('getExitPlan', 'outputs', outputs)).toEqual([])
    for (const [task, list] of next) {
      const handed = { plan_id: outputs['plan_id'], [list]: outputs[list], occurrence, attempt: 3 }
      expect(problemsOf(task.key, 'inputs', handed)).toEqual([])
      const ended = await task.bind(world)(toJsonObject(handed))
      expect(problemsOf(task.key, 'outputs', ended)).toEqual([])
      expect(ended).toMatchObject({ items: [expect.anything()] })
    }
  })

  test('is empty when there is nothing to bring home', async () => {
    const { leaving } = leavingBy(planOf({ chain: childChain(), people: [alice] }))
    const { world, alarms } = aWorld({ leaving })
    expect(await getExitPlan.bind(world)({ ...inputs, cause: 'unchallenged_exit', exit_id: '7' })).toMatchObject({
      summary: 'There is nothing to bring home.',
      in_flight_exits: [],
      standard_exits: [],
    })
    expect(alarms).toEqual([])
  })

  test('fails before anybody is asked when the configuration does not let the guard leave', async () => {
    const { leaving, causes } = leavingBy(aPlan().plan)
    const { world } = aWorld({ leaving: { ...leaving, refusal: 'mode is defend' } })
    await expect(getExitPlan.bind(world)(inputs)).rejects.toMatchObject({ code: 'LEAVING_REFUSED' })
    expect(causes).toEqual([])
  })

  test('calls for a person about money that no exit brings home, once for each output', async () => {
    const chain = childChain()
    const unseen = payment(
      [{ utxoPos: encodeUtxoPos({ blknum: 9000n, txIndex: 0, outputIndex: 0 }), signer: alice }],
      [pay(alice, 7n)],
    )
    const { leaving } = leavingBy(planOf({ chain, people: [alice], archived: [unseen] }))
    const { world, alarms } = aWorld({ leaving })
    await getExitPlan.bind(world)(inputs)
    const subject = `output 0 of transaction ${unseen.transaction.txHash}`
    expect(alarms).toMatchObject([{ kind: 'left_behind', level: 'warning', subject }])
    expect(alarms[0]?.message).toContain('input_not_provable')
  })

  test('fails when our own verification does not say so, and calls for a person when it still does not', async () => {
    const plan = () => Promise.reject(new LeavingRefusedError('invalid_block', 'our own verification says otherwise'))
    const { world, alarms, sent } = aWorld({ leaving: { ...aWorld().world.leaving, plan } })
    await expect(getExitPlan.bind(world)({ ...inputs, attempt: 1 })).rejects.toMatchObject({ code: 'LEAVING_REFUSED' })
    expect(alarms).toEqual([])
    await expect(getExitPlan.bind(world)({ ...inputs, attempt: 2 })).rejects.toMatchObject({ code: 'LEAVING_REFUSED' })
    expect(alarms).toMatchObject([{ kind: 'cannot_leave', level: 'critical', blknum: 2000n, occurrence }])
    expect(sent).toEqual([])
  })

  test.each([
    ['cause', 'invalid_exit'],
    ['cause', undefined],
    ['exit_id', 7],
    ['blknum', '-1'],
    ['occurrence', ''],
    ['attempt', 0],
  ])('refuses %s = %j', async (field, value) => {
    const { world } = aWorld()
    const run = getExitPlan.bind(world)({ ...inputs, [field]: value })
    await expect(run).rejects.toMatchObject({ code: 'INVALID_TASK_INPUT' })
  })
})
