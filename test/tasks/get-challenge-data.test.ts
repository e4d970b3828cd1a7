import { describe, expect, test } from '@jest/globals'
import { standardExitId } from '../../src/exit-game/exit-id.ts'
import { toHex } from '../../src/lib/bytes.ts'
import { getChallengeData } from '../../src/tasks/get-challenge-data.ts'
import type { StandardExitChallenge, Witness } from '../../src/tasks/task.ts'
import { hashOf } from '../support/conditions.ts'
import { alice, bob, mallory } from '../support/signers.ts'
import { at, deposit, pay, payment } from '../support/transactions.ts'
import { aWitness, aWorld } from '../support/world.ts'

// Mallory deposited, paid Alice, and now exits the deposit.
const position = at(1n)
const exiting = deposit(mallory, 10n)
const spend = payment([{ utxoPos: position, signer: mallory }], [pay(alice, 10n)])
const exitId = standardExitId(exiting.raw, position)
const proof: StandardExitChallenge = {
  exitId,
  exitingTx: exiting.raw,
  challengeTx: spend.transaction.raw,
  inputIndex: 0,
  signature: spend.signatures[0] ?? new Uint8Array(),
}
const occurrence = `${hashOf('e')}:0`
const inputs = { exit_id: exitId.toString(), utxo_pos: position.toString(), occurrence, attempt: 2 }

function says(name: string, answer: Partial<StandardExitChallenge>): Witness {
  return aWitness({ name, standardExitChallenge: async () => ({ ...proof, ...answer }) })
}

const silent = aWitness({ name: 'silent' })

async function ask(...witnesses: Witness[]) {
  const { world, sent } = aWorld({ witnesses })
  try {
    return await getChallengeData.bind(world)(inputs)
  } finally {
    expect(sent).toEqual([])
  }
}

const proven = {
  exit_id: exitId.toString(),
  utxo_pos: position.toString(),
  exiting_tx: toHex(exiting.raw),
  txbytes: toHex(spend.transaction.raw),
  input_index: 0,
  sig: toHex(proof.signature),
  occurrence,
  attempt: 2,
}

describe('getChallengeData', () => {
  test('gives the proof and echoes what the next step needs', async () => {
    expect(await ask(says('watcher', {}))).toEqual(proven)
  })

  test('goes on to the next witness when one lies or does not answer', async () => {
    expect(await ask(silent, says('liar', { challengeTx: exiting.raw }), says('watcher', {}))).toEqual(proven)
  })

  const other = payment([{ utxoPos: at(2n), signer: mallory }], [pay(alice, 10n)])
  const unsigned = payment([{ utxoPos: position, signer: bob }], [pay(alice, 10n)])
  test.each<[string, Partial<StandardExitChallenge>, string]>([
    ['speaks of another exit', { exitId: exitId + 1n }, 'speaks of exit'],
    ['shows bytes that are no transaction', { challengeTx: Uint8Array.of(1, 2, 3) }, 'malformed_spending_tx'],
    ['shows another creating transaction', { exitingTx: deposit(bob, 10n).raw }, 'exit_id_mismatch'],
    ['shows a transaction that spends something else', { challengeTx: other.transaction.raw }, 'output_not_spent'],
    ['names another input', { inputIndex: 3 }, 'output_not_spent'],
    [
      'shows a spend that the owner never signed',
      { signature: unsigned.signatures[0] ?? proof.signature },
      'not_signed_by_owner',
    ],
    ['shows a signature of the wrong length', { signature: new Uint8Array(3) }, 'not_signed_by_owner'],
  ])('refuses a witness that %s, and says why', async (_, lie, reason) => {
    await expect(ask(says('liar', lie))).rejects.toMatchObject({
      code: 'NO_PROOF',
      retryable: true,
      message: expect.stringContaining(reason),
    })
  })

  test('a bug of a witness is not taken for an answer', async () => {
    await expect(
      ask(aWitness({ name: 'broken', standardExitChallenge: async () => Promise.reject(new TypeError('bug')) })),
    ).rejects.toThrow(TypeError)
  })
})
