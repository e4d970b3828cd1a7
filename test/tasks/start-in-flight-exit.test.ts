import { describe, expect, test } from '@jest/globals'
import { inFlightExitId } from '../../src/exit-game/exit-id.ts'
import { GuardError } from '../../src/lib/errors.ts'
import { toHex } from '../../src/lib/bytes.ts'
import { outputId } from '../../src/plasma/output-id.ts'
import type { Address, Hash, Timestamp, Wei } from '../../src/plasma/units.ts'
import { startInFlightExit } from '../../src/tasks/start-in-flight-exit.ts'
import type { InFlightExitState, World } from '../../src/tasks/task.ts'
import { hashOf } from '../support/conditions.ts'
import { timeOf } from '../support/exits.ts'
import { alice, bob, mallory } from '../support/signers.ts'
import { at, deposit, pay, payment, token } from '../support/transactions.ts'
import { aWorld, exitGame, NO_EXIT } from '../support/world.ts'

const occurrence = `${hashOf('e')}:0`
const started = `0x${'77'.repeat(32)}:0`
const position = at(1n)
const tx = payment([{ utxoPos: position, signer: alice }], [pay(bob, 3n), pay(alice, 7n)])
const exitId = inFlightExitId(tx.transaction.raw)
const own = new Set([alice.address])

const exit = {
  exit_id: exitId.toString(),
  in_flight_tx: toHex(tx.transaction.raw),
  input_txs: [toHex(deposit(alice, 10n).raw)],
  input_utxos_pos: [position.toString()],
  input_txs_inclusion_proofs: ['0x0b'],
  in_flight_tx_sigs: tx.signatures.map(toHex),
  piggyback_inputs: [0],
  piggyback_outputs: [1],
  add_exit_queues: [],
}

function inputs(different: Partial<Record<keyof typeof exit, unknown>> = {}) {
  return { plan_id: hashOf('a'), in_flight_exits: [{ ...exit, ...different }], occurrence, attempt: 1 }
}

function piece(owner: Address, amount: bigint, id: Hash) {
  return { outputId: id, exitTarget: owner, token: `0x${'00'.repeat(20)}` as Address, amount: amount as Wei }
}

const OPEN: InFlightExitState = {
  ...NO_EXIT,
  isCanonical: true,
  exitStartTimestamp: timeOf(100),
  inputs: [piece(alice.address, 10n, outputId(deposit(alice, 10n).raw, 0, position))],
  outputs: [
    piece(bob.address, 3n, outputId(tx.transaction.raw, 0, at(1000n))),
    piece(alice.address, 7n, outputId(tx.transaction.raw, 1, at(1000n))),
  ],
}

/** A world whose contract opens the exit when it is started. Nobody is there to look for spends: the plan has done that. */
function world(different: Partial<World> = {}) {
  const base = aWorld({ own, ...different })
  const state = { open: false }
  base.world.inFlightExit = async () => (state.open ? OPEN : NO_EXIT)
  const submit = base.world.submit
  base.world.submit = async (intent) => {
    const outcome = await submit(intent)
    if (intent.purpose === 'startInFlightExit') state.open = true
    return outcome
  }
  return { ...base, state }
}

describe('startInFlightExit', () => {
  test('starts the exit and joins it with own pieces, named by the log of the start', async () => {
    const { world: there, sent } = world()
    expect(await startInFlightExit.bind(there)(inputs())).toEqual({
      plan_id: hashOf('a'),
      outcome: 'done_by_us',
      reason: 'mined',
      items: [{ exit_id: exitId.toString(), outcome: 'done_by_us', reason: 'mined', tx_hash: started.slice(0, -2) }],
      occurrence,
    })
    expect(sent.map(({ key, from, value }) => [key, from, value])).toEqual([
      [`${exitGame}:startInFlightExit:${exitId}`, alice.address, 37n],
      [`${exitGame}:piggybackInFlightExitOnInput:${exitId}:input:0:${started}`, alice.address, 28n],
      [`${exitGame}:piggybackInFlightExitOnOutput:${exitId}:output:1:${started}`, alice.address, 28n],
    ])
    expect(sent[0]?.call).toEqual({
      functionName: 'startInFlightExit',
      args: [
        {
          inFlightTx: exit.in_flight_tx,
          inputTxs: exit.input_txs,
          inputUtxosPos: [position],
          inputTxsInclusionProofs: ['0x0b'],
          inFlightTxWitnesses: exit.in_flight_tx_sigs,
        },
      ],
    })
  })

  test('adds missing queues before', async () => {
    const { world: there, sent } = world({ hasExitQueue: async () => false })
    await startInFlightExit.bind(there)(inputs({ add_exit_queues: [token] }))
    expect(sent.map(({ purpose }) => purpose).slice(0, 2)).toEqual(['addExitQueue', 'startInFlightExit'])
  })

  test('joins it although no witness has seen the exit yet: the plan has looked for spends', async () => {
    const { world: there, sent } = world({ witnesses: [] })
    expect(await startInFlightExit.bind(there)(inputs())).toMatchObject({ outcome: 'done_by_us' })
    expect(sent.map(({ purpose }) => purpose)).toEqual([
      'startInFlightExit',
      'piggybackInFlightExitOnInput',
      'piggybackInFlightExitOnOutput',
    ])
  })

  test('leaves the joining to the event of its own when somebody else has started the exit', async () => {
    const { world: there, sent, state } = world()
    state.open = true
    expect(await startInFlightExit.bind(there)(inputs())).toMatchObject({ outcome: 'done_by_other' })
    expect(sent).toEqual([])
  })

  test('says when a piece could not join, and goes on with the others', async () => {
    class NoFunds extends GuardError {
      override readonly code = 'INSUFFICIENT_FUNDS'
      override readonly retryable = true
    }
    const { world: there, sent } = world()
    const { submit } = there
    there.submit = (intent) => {
      if (intent.purpose === 'piggybackInFlightExitOnInput') return Promise.reject(new NoFunds('no money'))
      return submit(intent)
    }
    expect(await startInFlightExit.bind(there)(inputs())).toMatchObject({
      outcome: 'refused',
      items: [{ outcome: 'refused', reason: 'Not now: no money', tx_hash: started.slice(0, -2) }],
    })
    expect(sent.map(({ purpose }) => purpose)).toEqual(['startInFlightExit', 'piggybackInFlightExitOnOutput'])
  })

  test('says so when phase 1 is over before a piece could join', async () => {
    const { world: there } = world({ now: async () => (timeOf(100) + 10_000n) as Timestamp })
    expect(await startInFlightExit.bind(there)(inputs())).toMatchObject({ outcome: 'too_late' })
  })

  test('does nothing when exits have paid all of it', async () => {
    const { world: there, sent } = world({ isOutputFinalized: async () => true })
    expect(await startInFlightExit.bind(there)(inputs())).toMatchObject({ outcome: 'not_needed' })
    expect(sent).toEqual([])
  })

  test('starts an exit again under another name when the contract is done with the first', async () => {
    const leaving = { ...aWorld().world.leaving, endedStart: () => `${hashOf('c')}:0` }
    const { world: there, sent } = world({ leaving })
    await startInFlightExit.bind(there)(inputs())
    expect(sent[0]?.key).toBe(`${exitGame}:startInFlightExit:${exitId}:after:${hashOf('c')}:0`)
  })

  test('goes on with the next exit when one fails', async () => {
    class Refused extends GuardError {
      override readonly code = 'NO_ACCOUNT'
    }
    const other = payment([{ utxoPos: at(2n), signer: alice }], [pay(alice, 10n)])
    const second = {
      ...exit,
      exit_id: inFlightExitId(other.transaction.raw).toString(),
      in_flight_tx: toHex(other.transaction.raw),
      input_utxos_pos: [at(2n).toString()],
      piggyback_inputs: [],
      piggyback_outputs: [0],
    }
    const asked: string[] = []
    const { world: there } = aWorld({
      own,
      submit: ({ key }) => {
        asked.push(key)
        return Promise.reject(new Refused('no key'))
      },
    })
    const run = startInFlightExit.bind(there)({ ...inputs(), in_flight_exits: [exit, second] })
    expect(await run).toMatchObject({ outcome: 'impossible', items: [{ reason: 'no key' }, { reason: 'no key' }] })
    expect(asked).toHaveLength(2)
  })

  test('refuses what holds nothing of ours, what has another exit id, and what it must not do', async () => {
    const { world: foreign, sent } = world({ own: new Set([mallory.address]) })
    expect(await startInFlightExit.bind(foreign)(inputs())).toMatchObject({ outcome: 'refused' })
    const { world: there } = world()
    expect(await startInFlightExit.bind(there)(inputs({ exit_id: '5' }))).toMatchObject({ outcome: 'impossible' })
    const { world: quiet } = world({ leaving: { ...there.leaving, refusal: 'mode is defend' } })
    expect(await startInFlightExit.bind(quiet)(inputs())).toMatchObject({
      outcome: 'refused',
      reason: 'mode is defend',
    })
    expect(sent).toEqual([])
  })

  test.each([
    ['in_flight_tx', 'raw'],
    ['piggyback_inputs', [-1]],
    ['piggyback_outputs', [0, 1, 2, 3, 4]],
    ['input_utxos_pos', [1]],
    ['add_exit_queues', ['ether']],
  ])('refuses %s = %j', async (field, value) => {
    const { world: there, sent } = world()
    const run = startInFlightExit.bind(there)(inputs({ [field]: value }))
    await expect(run).rejects.toMatchObject({ code: 'INVALID_TASK_INPUT' })
    expect(sent).toEqual([])
  })
})
