import { describe, expect, test } from '@jest/globals'
import { equalBytes } from '../../src/lib/bytes.ts'
import { checkBlock, type Block } from '../../src/plasma/block.ts'
import { createLedger, type Ledger } from '../../src/plasma/ledger.ts'
import { normalise, recover } from '../../src/plasma/signature.ts'
import { executeBlock } from '../../src/plasma/state-transition.ts'
import { depositTransaction } from '../../src/plasma/transaction.ts'
import { signingHash } from '../../src/plasma/typed-data.ts'
import type { UtxoPos, Wei } from '../../src/plasma/units.ts'
import { validateBlock } from '../../src/plasma/validate-block.ts'
import { addressOf, bytesOf, hashOf, vectorFramework, vectors, type Vector } from './state-transition-vectors.ts'

type Verdict =
  | { stage: 'ok' }
  | { stage: 'stateless'; error: string; txIndex: number | undefined }
  | { stage: 'stateful'; error: string; errorType: string; txIndex: number }

/** As a watcher does it: check, execute, apply. */
function judge(ledger: Ledger, vector: Vector): Verdict {
  const checked = checkBlock(askedBy(vector))
  if (!checked.ok) return { stage: 'stateless', error: checked.finding.errorType, txIndex: checked.finding.txIndex }
  const executed = executeBlock(ledger, checked.block)
  if (!executed.ok) {
    const { reason, errorType, txIndex } = executed.finding
    return { stage: 'stateful', error: reason, errorType, txIndex }
  }
  ledger.apply(checked.block, executed.changes)
  return { stage: 'ok' }
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

/** The ledger before the candidate: the vectors' own first block is valid. */
function ledgerBefore({ setup }: Vector): Ledger {
  const ledger = createLedger()
  addDeposits(ledger, setup.deposits)
  const block = blockOf(setup.block_1000)
  const executed = executeBlock(ledger, block)
  if (!executed.ok) throw new Error(executed.finding.reason)
  ledger.apply(block, executed.changes)
  addDeposits(ledger, setup.deposits_after)
  expect(ledger.exit(setup.exited.map((utxoPos) => BigInt(utxoPos) as UtxoPos))).toEqual([])
  return ledger
}

function blockOf({ hash, transactions }: Vector['setup']['block_1000']): Block {
  const asked = { hash: hashOf(hash), blknum: 1000n }
  const served = { ...asked, transactions: transactions.map(bytesOf) }
  const checked = checkBlock({ requested: asked, served, framework: vectorFramework })
  if (!checked.ok) throw new Error(checked.finding.errorType)
  return checked.block
}

function addDeposits(ledger: Ledger, deposits: Vector['setup']['deposits']): void {
  for (const { blknum, owner, currency, amount } of deposits) {
    const output = { owner: addressOf(owner), currency: addressOf(currency), amount: BigInt(amount) as Wei }
    ledger.deposit(BigInt(blknum), depositTransaction(output))
  }
}

function unspentIn(ledger: Ledger) {
  return [...ledger.unspent()]
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
    const ledger = ledgerBefore(vector)
    const before = unspentIn(ledger)
    const verdict = judge(ledger, vector)
    const { stage, error, event, failing_tx_index } = vector.expect

    expect(verdict).toMatchObject({ stage, ...(error && { error }) })
    if (verdict.stage === 'stateful') {
      expect(verdict.txIndex).toBe(failing_tx_index)
      expect(verdict.errorType).toBe(event?.error_type)
    }
    if (verdict.stage === 'stateless') expect(verdict.error).toBe(event?.error_type)
    expect(unspentIn(ledger)).toEqual(stage === 'ok' ? expectedUnspent(vector) : before)
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
    const ledger = ledgerBefore(vector)
    const before = unspentIn(ledger)

    expect(judge(ledger, vector)).toEqual({ stage: 'stateless', error: 'superfluous_signature', txIndex: 2 })
    expect(unspentIn(ledger)).toEqual(before)
    expect(validateBlock(askedBy(vector))).toBe('superfluous_signature')
  }
})

test('an output that a rejected block wanted to spend is as unspent as before', () => {
  const dirty = judged.filter((vector) => vector.expect.elixir_dirty_spent_after_invalid.length > 0)
  expect(dirty.length).toBeGreaterThan(0)
  for (const vector of dirty) {
    const ledger = ledgerBefore(vector)
    const positions = vector.expect.elixir_dirty_spent_after_invalid.map((utxoPos) => BigInt(utxoPos) as UtxoPos)
    const unspentBefore = positions.filter((utxoPos) => ledger.get(utxoPos))
    judge(ledger, vector)

    expect(positions.filter((utxoPos) => ledger.get(utxoPos))).toEqual(unspentBefore)
    expect(positions.filter((utxoPos) => ledger.spend(utxoPos))).toEqual([])
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
