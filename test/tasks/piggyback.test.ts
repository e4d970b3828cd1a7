import { describe, expect, test } from '@jest/globals'
import type { KnownTransaction } from '../../src/exit-game/known-transaction.ts'
import type { Hash, Timestamp, UtxoPos, Wei } from '../../src/plasma/units.ts'
import { piggybackInFlightExitOnInput } from '../../src/tasks/piggyback-in-flight-exit-on-input.ts'
import { piggybackInFlightExitOnOutput } from '../../src/tasks/piggyback-in-flight-exit-on-output.ts'
import type { InFlightExitState, Task, World } from '../../src/tasks/task.ts'
import { timeOf } from '../support/exits.ts'
import { alice, bob, mallory } from '../support/signers.ts'
import { pay, payment, token } from '../support/transactions.ts'
import { aWitness, aWorld, exitGame, NO_EXIT } from '../support/world.ts'
import { END_OF_PHASE_ONE, inFlightStory, occurrence } from './in-flight-story.ts'

type Story = ReturnType<typeof inFlightStory>
type Ask = { task?: Task; index?: number; state?: Partial<InFlightExitState>; different?: Partial<World> }

/** Alice's input is the first one, her output, of tokens, the second. */
async function ask(
  story: Story,
  { task = piggybackInFlightExitOnOutput, index = 1, state = {}, different = {} }: Ask = {},
) {
  const { exitId, own } = story
  const inFlightExits = { [exitId.toString()]: story.held(state) }
  const { world, ...seen } = aWorld({ inFlightExits, roots: story.roots, witnesses: [own], ...different })
  return { answer: await task.bind(world)({ ...story.inputs, index }), ...seen }
}

const onInput = { task: piggybackInFlightExitOnInput, index: 0 }

/** Alice spends her ether in a second transaction as well. */
function secondSpend({ ether }: Story) {
  const rival = payment([{ utxoPos: ether, signer: alice }], [pay(alice, 10n)])
  const known: KnownTransaction = {
    transaction: rival.transaction,
    signatures: new Map([[alice.address, rival.signatures[0] ?? new Uint8Array()]]),
  }
  return { rival, known }
}

describe('a piggyback', () => {
  test('on an output comes from its owner, with the bond of now', async () => {
    const story = inFlightStory()
    const { answer, sent, told } = await ask(story)
    expect(answer).toMatchObject({ outcome: 'done_by_us', exit_id: story.inputs.exit_id, occurrence })
    expect(sent).toEqual([
      {
        key: `${exitGame}:piggybackInFlightExitOnOutput:${story.exitId}:output:1:${occurrence}`,
        purpose: 'piggybackInFlightExitOnOutput',
        value: 28n,
        from: alice.address,
        call: {
          functionName: 'piggybackInFlightExitOnOutput',
          args: [{ inFlightTx: story.inputs.txbytes, outputIndex: 1 }],
        },
      },
    ])
    expect(told).toMatchObject([
      { what: { events: ['piggyback_available'], subject: { exitId: story.exitId, side: 'output', index: 1 } } },
    ])
  })

  test('on an input likewise', async () => {
    const story = inFlightStory()
    const { sent } = await ask(story, onInput)
    expect(sent).toMatchObject([
      {
        key: `${exitGame}:piggybackInFlightExitOnInput:${story.exitId}:input:0:${occurrence}`,
        from: alice.address,
        value: 28n,
        call: { args: [{ inFlightTx: story.inputs.txbytes, inputIndex: 0 }] },
      },
    ])
  })

  test('on an output that its owner has paid on in a block that nobody sees is held back', async () => {
    const story = inFlightStory()
    const asked: number[] = []
    const hasPaidOn = async (_: Uint8Array, index: number) => {
      asked.push(index)
      return true
    }
    const { answer, sent } = await ask(story, { different: { leaving: { ...aWorld().world.leaving, hasPaidOn } } })
    expect(answer).toMatchObject({ outcome: 'not_needed', reason: expect.stringContaining('signed it away') })
    expect(asked).toContain(1)
    expect(sent).toEqual([])
  })

  test('pays the bond that the contract asks for at that moment', async () => {
    const story = inFlightStory()
    const bonds = async () => ({ standardExit: 1n as Wei, inFlightExit: 2n as Wei, piggyback: 31n as Wei })
    expect((await ask(story, { different: { bonds } })).sent).toMatchObject([{ value: 31n }])
  })

  test('adds the exit queue of the token first, in an answer of its own', async () => {
    const story = inFlightStory()
    const asked: unknown[] = []
    const hasExitQueue = async (queue: unknown) => {
      asked.push(queue)
      return false
    }
    const { sent } = await ask(story, { different: { hasExitQueue } })
    expect(sent.map(({ purpose }) => purpose)).toEqual(['addExitQueue', 'piggybackInFlightExitOnOutput'])
    expect(sent[0]).toMatchObject({
      key: `${exitGame}:addExitQueue:2:${token}`,
      value: 0n,
      call: { functionName: 'addExitQueue', args: [2n, token] },
    })
    expect(sent[0]).not.toHaveProperty('from')
    expect(asked[0]).toEqual({ vaultId: 2n, token })
  })

  test.each<[string, Ask, string]>([
    ['the exit is gone', { state: NO_EXIT }, 'too_late'],
    ['it is piggybacked', { state: { exitMap: 0b10_0000n } }, 'done_by_other'],
    ['phase 1 is over', { different: { now: async () => timeOf(END_OF_PHASE_ONE) } }, 'too_late'],
    ['an exit has paid it', { different: { isOutputFinalized: async () => true } }, 'not_needed'],
    ['it belongs to somebody else', { index: 0 }, 'not_needed'],
    ['the exit has no such output', { index: 3 }, 'not_needed'],
  ])('is not sent when %s, and no queue is added', async (_, asked, outcome) => {
    const different = { hasExitQueue: async () => false, ...asked.different }
    const { answer, sent } = await ask(inFlightStory(), { ...asked, different })
    expect(answer).toMatchObject({ outcome })
    expect(sent).toEqual([])
  })

  test('is sent in the last second in which a later block is still in phase 1', async () => {
    const last = timeOf(END_OF_PHASE_ONE) - 1n
    const at = (now: bigint) => ask(inFlightStory(), { different: { now: async () => now as Timestamp } })
    expect((await at(last - 1n)).sent).toHaveLength(1)
    expect((await at(last)).sent).toEqual([])
  })

  test('is not sent for an account of somebody else, whoever asks', async () => {
    const story = inFlightStory()
    const { answer, sent } = await ask(story, { different: { own: new Set([bob.address]) } })
    expect(answer).toMatchObject({ outcome: 'not_needed', reason: expect.stringContaining(alice.address) })
    expect(sent).toEqual([])
  })
})

describe('a piggyback is held back', () => {
  test('on an input that a block shows spent elsewhere', async () => {
    const story = inFlightStory()
    story.block(secondSpend(story).rival)
    const { answer, sent, alarms } = await ask(story, onInput)
    expect(answer).toMatchObject({ outcome: 'not_needed', reason: expect.stringContaining('held back') })
    expect(sent).toEqual([])
    expect(alarms).toEqual([])
  })

  test('on an input that was signed away in a transaction that no block holds', async () => {
    const story = inFlightStory()
    story.chain.archive.push(secondSpend(story).known)
    expect((await ask(story, onInput)).sent).toEqual([])
  })

  test('on an input that our own archive shows signed away, when no verification runs', async () => {
    const story = inFlightStory()
    const { known } = secondSpend(story)
    const archivedSpends = (utxoPos: UtxoPos) => (utxoPos === story.ether ? [known] : [])
    const nothing = aWitness({ inputSpend: async () => undefined })
    const { answer, sent } = await ask(story, { ...onInput, different: { archivedSpends, witnesses: [nothing] } })
    expect(answer).toMatchObject({ reason: expect.stringContaining(known.transaction.txHash) })
    expect(sent).toEqual([])
  })

  test('not because of the in-flight transaction itself, or of what somebody else signed', async () => {
    const story = inFlightStory()
    const signedBy = (signer: typeof alice, transaction = story.inFlight.transaction) => ({
      transaction,
      signatures: new Map([[signer.address, new Uint8Array(65)]]),
    })
    const forged = payment([{ utxoPos: story.ether, signer: mallory }], [pay(mallory, 10n)])
    const archivedSpends = () => [signedBy(alice), signedBy(mallory, forged.transaction)]
    expect((await ask(story, { ...onInput, different: { archivedSpends } })).sent).toHaveLength(1)
  })

  test('on an output that was spent after its transaction went into a block', async () => {
    const story = inFlightStory()
    const first = story.block(story.inFlight)
    story.block(payment([{ utxoPos: (first + 1n) as UtxoPos, signer: alice }], [pay(bob, 7n, token)]))
    const { answer, sent } = await ask(story)
    expect(answer).toMatchObject({ outcome: 'not_needed' })
    expect(sent).toEqual([])
  })

  test('not on an output that is in a block and unspent', async () => {
    const story = inFlightStory()
    story.block(story.inFlight)
    expect((await ask(story)).sent).toHaveLength(1)
  })

  test('when a remote Watcher proves the spend', async () => {
    const story = inFlightStory()
    story.block(secondSpend(story).rival)
    const shown = await story.own.inputSpend(story.raw, 0)
    const watcher = aWitness({ inputSpend: async () => shown })
    expect((await ask(story, { ...onInput, different: { witnesses: [watcher] } })).sent).toEqual([])
  })

  test('not when a Watcher lies about a spend: nobody keeps our money in by saying so', async () => {
    const story = inFlightStory()
    const forged = payment([{ utxoPos: story.ether, signer: mallory }], [pay(mallory, 10n)])
    const lie = {
      in_flight_txbytes: story.raw,
      in_flight_input_index: 0,
      spending_txbytes: forged.transaction.raw,
      spending_input_index: 0,
      spending_sig: forged.signatures[0] ?? new Uint8Array(),
      input_tx: story.chain.creating(story.ether),
      input_utxo_pos: story.ether,
    }
    const liar = aWitness({ name: 'liar', inputSpend: async () => lie })
    expect((await ask(story, { ...onInput, different: { witnesses: [liar, story.own] } })).sent).toHaveLength(1)
    await expect(ask(story, { ...onInput, different: { witnesses: [liar] } })).rejects.toMatchObject({
      code: 'NOBODY_LOOKS',
      retryable: true,
      message: expect.stringContaining('liar: not_signed_by_owner'),
    })
  })

  test('until somebody can look: a bond is not put at risk blindly', async () => {
    const story = inFlightStory()
    await expect(ask(story, { different: { witnesses: [aWitness()] } })).rejects.toMatchObject({
      code: 'NOBODY_LOOKS',
      retryable: true,
    })
    await expect(ask(story, { different: { witnesses: [] } })).rejects.toMatchObject({ code: 'NOBODY_LOOKS' })
  })

  test('a bug of a witness is not taken for an answer', async () => {
    const broken = aWitness({ outputSpend: async () => Promise.reject(new TypeError('bug')) })
    await expect(ask(inFlightStory(), { different: { witnesses: [broken] } })).rejects.toThrow(TypeError)
  })

  test('and the event source hears that nothing is to be done', async () => {
    const story = inFlightStory()
    const paid = async (outputId: Hash) => outputId === story.held().inputs[0]?.outputId
    const { told } = await ask(story, { ...onInput, different: { isOutputFinalized: paid } })
    expect(told).toMatchObject([{ outcome: { outcome: 'not_needed' }, what: { subject: { side: 'input', index: 0 } } }])
  })
})

test.each<[Task, string, unknown]>([
  [piggybackInFlightExitOnInput, 'index', -1],
  [piggybackInFlightExitOnInput, 'txbytes', '0x00'],
  [piggybackInFlightExitOnOutput, 'index', '1'],
  [piggybackInFlightExitOnOutput, 'txbytes', 'f8'],
  [piggybackInFlightExitOnOutput, 'exit_id', '7'],
])('%j refuses %s = %j with its name', async (task, field, value) => {
  const story = inFlightStory()
  const { world } = aWorld()
  const named = field === 'exit_id' ? 'exit 7' : field
  await expect(task.bind(world)({ ...story.inputs, index: 0, [field]: value })).rejects.toMatchObject({
    code: 'INVALID_TASK_INPUT',
    message: expect.stringContaining(named),
  })
})
