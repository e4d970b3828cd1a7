import { describe, expect, test } from '@jest/globals'
import { equalBytes } from '../../src/lib/bytes.ts'
import { checkBlock, type Block } from '../../src/plasma/block.ts'
import { encodeUtxoPos } from '../../src/plasma/position.ts'
import { normalise, recover } from '../../src/plasma/signature.ts'
import { executeBlock, type Changes } from '../../src/plasma/state-transition.ts'
import type { Output } from '../../src/plasma/transaction.ts'
import { signingHash } from '../../src/plasma/typed-data.ts'
import type { UtxoPos, Wei } from '../../src/plasma/units.ts'
import { validateBlock } from '../../src/plasma/validate-block.ts'
import { addressOf, bytesOf, hashOf, vectorFramework, vectors, type Vector } from './state-transition-vectors.ts'

type Verdict =
  | { stage: 'ok' }
  | { stage: 'stateless'; error: string; txIndex: number | undefined }
  | { stage: 'stateful'; error: string; errorType: string; txIndex: number }

/** The outputs that nobody has spent. */
type Coins = Map<UtxoPos, Output>

/** As a watcher does it: check, execute, apply. */
function judge(coins: Coins, vector: Vector): Verdict {
  const checked = checkBlock(askedBy(vector))
  if (!checked.ok) return { stage: 'stateless', error: checked.finding.errorType, txIndex: checked.finding.txIndex }
  const executed = executeBlock(coins, checked.block)
  if (!executed.ok) {
    const { reason, errorType, txIndex } = executed.finding
    return { stage: 'stateful', error: reason, errorType, txIndex }
  }
  apply(coins, executed.changes)
  return { stage: 'ok' }
}

function apply(coins: Coins, { created, spent }: Changes): void {
  for (const [utxoPos, output] of created) coins.set(utxoPos, output)
  for (const { utxoPos } of spent) coins.delete(utxoPos)
}

function askedBy({ candidate }: Vector) {
  return {
    requested: { hash: hashOf(candidate.requested_hash), blknum: BigInt(candidate.requested_number) },
    served: {
      hash: hashOf(candidate.returned_hash),
      blknum: BigInt(candidate.returned_number),
      transactions: candidate.transactions.map(bytesOf),
    },
    framework: vectorFramework,
  }
}

/** The outputs before the candidate: the vectors' own first block is valid. */
function coinsBefore({ setup }: Vector): Coins {
  const coins: Coins = new Map()
  addDeposits(coins, setup.deposits)
  const executed = executeBlock(coins, blockOf(setup.block_1000))
  if (!executed.ok) throw new Error(executed.finding.reason)
  apply(coins, executed.changes)
  addDeposits(coins, setup.deposits_after)
  for (const utxoPos of setup.exited) expect(coins.delete(BigInt(utxoPos) as UtxoPos)).toBe(true)
  return coins
}

function blockOf({ hash, transactions }: Vector['setup']['block_1000']): Block {
  const asked = { hash: hashOf(hash), blknum: 1000n }
  const served = { ...asked, transactions: transactions.map(bytesOf) }
  const checked = checkBlock({ requested: asked, served, framework: vectorFramework })
  if (!checked.ok) throw new Error(checked.finding.errorType)
  return checked.block
}

function addDeposits(coins: Coins, deposits: Vector['setup']['deposits']): void {
  for (const { blknum, owner, currency, amount } of deposits) {
    const output = {
      outputType: 1,
      owner: addressOf(owner),
      currency: addressOf(currency),
      amount: BigInt(amount) as Wei,
    }
    coins.set(encodeUtxoPos({ blknum: BigInt(blknum), txIndex: 0, outputIndex: 0 }), output)
  }
}

function unspentIn(coins: Coins) {
  return [...coins]
    .map(([utxoPos, { owner, currency, amount, outputType }]) => ({ utxoPos, owner, currency, amount, outputType }))
    .sort((left, right) => (left.utxoPos < right.utxoPos ? -1 : 1))
}

function expectedUnspent({ expect: { utxos_after } }: Vector) {
  return (utxos_after ?? []).map(({ utxo_pos, owner, currency, amount, output_type }) => ({
    utxoPos: BigInt(utxo_pos),
    owner: addressOf(owner),
    currency: addressOf(currency),
    amount: BigInt(amount),
    outputType: output_type,
  }))
}

const crashing = vectors.filter(({ expect: { stage } }) => stage === 'crash')
const judged = vectors.filter(({ expect: { stage } }) => stage !== 'crash')

test('the vectors are all there', () => {
  expect(vectors).toHaveLength(147)
  expect(crashing.map(({ kind }) => kind)).toEqual(['known_bug_fee_with_signature'])
})

describe('a block is judged as elixir-omg judges it', () => {
  test.each(judged.map((vector) => [vector.id, vector] as const))('%s', (_, vector) => {
    const coins = coinsBefore(vector)
    const before = unspentIn(coins)
    const verdict = judge(coins, vector)
    const { stage, error, event, failing_tx_index } = vector.expect

    expect(verdict).toMatchObject({ stage, ...(error && { error }) })
    if (verdict.stage === 'stateful') {
      expect(verdict.txIndex).toBe(failing_tx_index)
      expect(verdict.errorType).toBe(event?.error_type)
    }
    if (verdict.stage === 'stateless') expect(verdict.error).toBe(event?.error_type)
    expect(unspentIn(coins)).toEqual(stage === 'ok' ? expectedUnspent(vector) : before)
  })
})

describe('a block is validated as /block.validate validates it', () => {
  test.each(judged.map((vector) => [vector.id, vector] as const))('%s', (_, vector) => {
    const { requested, served, framework } = askedBy(vector)
    const asked = { hash: requested.hash, transactions: served.transactions }

    expect(validateBlock({ served: asked, framework }) ?? 'valid').toBe(vector.expect.block_validate)
  })
})

test('a signed fee transaction, on which elixir-omg crashes, makes its block invalid', () => {
  for (const vector of crashing) {
    const coins = coinsBefore(vector)
    const before = unspentIn(coins)

    expect(judge(coins, vector)).toEqual({ stage: 'stateless', error: 'superfluous_signature', txIndex: 2 })
    expect(unspentIn(coins)).toEqual(before)
    expect(validateBlock(askedBy(vector))).toBe('superfluous_signature')
  }
})

test('an output that a rejected block wanted to spend is as unspent as before', () => {
  const dirty = judged.filter((vector) => vector.expect.elixir_dirty_spent_after_invalid.length > 0)
  expect(dirty.length).toBeGreaterThan(0)
  for (const vector of dirty) {
    const coins = coinsBefore(vector)
    const positions = vector.expect.elixir_dirty_spent_after_invalid.map((utxoPos) => BigInt(utxoPos) as UtxoPos)
    const unspentBefore = positions.filter((utxoPos) => coins.has(utxoPos))
    judge(coins, vector)

    expect(positions.filter((utxoPos) => coins.has(utxoPos))).toEqual(unspentBefore)
  }
})

test('a high s, which the network lets pass, is made low for the contracts', () => {
  const accepted = judged.filter(({ tags }) => tags.includes('known_bug_19'))
  expect(accepted).toHaveLength(2)
  for (const vector of accepted) {
    const checked = checkBlock(askedBy(vector))
    if (!checked.ok) throw new Error(checked.finding.errorType)
    let high = 0
    for (const { transaction, signatures, signers } of checked.block.transactions) {
      const digest = signingHash(transaction, vectorFramework)
      const normal = signatures.map(normalise)
      expect(normal.map((signature) => recover(digest, signature))).toEqual(signers)
      high += normal.filter((signature, index) => !equalBytes(signature, signatures[index] ?? signature)).length
    }
    expect(high).toBeGreaterThan(0)
  }
})
