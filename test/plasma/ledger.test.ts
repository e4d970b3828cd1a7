import { describe, expect, test } from '@jest/globals'
import { checkBlock, type Block } from '../../src/plasma/block.ts'
import { createLedger, type Ledger } from '../../src/plasma/ledger.ts'
import { merkleRoot, verifyProof } from '../../src/plasma/merkle.ts'
import { executeBlock } from '../../src/plasma/state-transition.ts'
import { encodePayment, type SignedTransaction } from '../../src/plasma/transaction.ts'
import { alice, bob, carol } from '../support/signers.ts'
import { at, deposit, framework, pay, payment } from '../support/transactions.ts'

function blockOf(blknum: bigint, ...transactions: readonly SignedTransaction[]): Block {
  const hash = merkleRoot(transactions.map(({ transaction }) => transaction.raw))
  const served = { hash, blknum, transactions: transactions.map(({ bytes }) => bytes) }
  const checked = checkBlock({ requested: served, served, framework })
  if (!checked.ok) throw new Error(checked.finding.errorType)
  return checked.block
}

function execute(ledger: Ledger, block: Block): void {
  const executed = executeBlock(ledger, block)
  if (!executed.ok) throw new Error(executed.finding.reason)
  ledger.apply(block, executed.changes)
}

const aliceDeposits = deposit(alice, 10n)
const alicePaysBob = payment([{ utxoPos: at(1n), signer: alice }], [pay(bob, 6n), pay(alice, 4n)])
const bobPaysCarol = payment([{ utxoPos: at(1000n), signer: bob }], [pay(carol, 6n)])

function ledgerOfTwo(): { ledger: Ledger; block: Block } {
  const ledger = createLedger()
  ledger.deposit(1n, aliceDeposits.raw)
  const block = blockOf(1000n, alicePaysBob, bobPaysCarol)
  execute(ledger, block)
  return { ledger, block }
}

describe('a deposit', () => {
  test('is an unspent output with a proof', () => {
    const ledger = createLedger()
    ledger.deposit(1n, aliceDeposits.raw)
    const proof = ledger.inclusionProof({ blknum: 1n, txIndex: 0 }) ?? new Uint8Array(0)

    expect([...ledger.unspent()]).toEqual([[at(1n), pay(alice, 10n)]])
    expect(ledger.rawTransaction({ blknum: 1n, txIndex: 0 })).toBe(aliceDeposits.raw)
    expect(verifyProof({ root: merkleRoot([aliceDeposits.raw]), leaf: aliceDeposits.raw, index: 0, proof })).toBe(true)
    expect(ledger.nextBlknum()).toBe(1000n)
  })

  test('that is reported twice is one deposit, and does not come back when it is spent', () => {
    const { ledger } = ledgerOfTwo()
    ledger.deposit(1n, aliceDeposits.raw)

    expect(ledger.get(at(1n))).toBeUndefined()
  })

  test('may have metadata of its depositor’s choice', () => {
    const raw = encodePayment({ inputs: [], outputs: [pay(alice, 10n)], metadata: new Uint8Array(32).fill(5) })
    const ledger = createLedger()
    ledger.deposit(1n, raw)
    const proof = ledger.inclusionProof({ blknum: 1n, txIndex: 0 }) ?? new Uint8Array(0)

    expect(ledger.get(at(1n))).toEqual(pay(alice, 10n))
    expect(verifyProof({ root: merkleRoot([raw]), leaf: raw, index: 0, proof })).toBe(true)
  })

  test('cannot be another one, a payment, or in a block of the operator’s', () => {
    const ledger = createLedger()
    ledger.deposit(1n, aliceDeposits.raw)

    expect(() => {
      ledger.deposit(1n, deposit(bob, 10n).raw)
    }).toThrow(RangeError)
    for (const raw of [alicePaysBob.transaction.raw, aliceDeposits.raw.subarray(1), new Uint8Array(0)]) {
      expect(() => {
        ledger.deposit(2n, raw)
      }).toThrow(RangeError)
    }
    expect(() => {
      ledger.deposit(1000n, aliceDeposits.raw)
    }).toThrow(RangeError)
    expect([...ledger.unspent()]).toHaveLength(1)
  })
})

describe('a block that was applied', () => {
  test('changed which outputs are unspent', () => {
    const { ledger } = ledgerOfTwo()

    expect([...ledger.unspent()]).toEqual([
      [at(1000n, 0, 1), pay(alice, 4n)],
      [at(1000n, 1), pay(carol, 6n)],
    ])
    expect(ledger.nextBlknum()).toBe(2000n)
  })

  test('tells who spent what, also what it made itself', () => {
    const { ledger } = ledgerOfTwo()

    expect(ledger.spend(at(1n))).toEqual({
      blknum: 1000n,
      txIndex: 0,
      inputIndex: 0,
      txHash: alicePaysBob.transaction.txHash,
    })
    expect(ledger.spend(at(1000n))).toMatchObject({ txIndex: 1, txHash: bobPaysCarol.transaction.txHash })
    expect(ledger.spend(at(1000n, 1))).toBeUndefined()
  })

  test('gives its transactions and proofs that its root accepts', () => {
    const { ledger, block } = ledgerOfTwo()
    for (const [txIndex, { transaction }] of block.transactions.entries()) {
      const place = { blknum: 1000n, txIndex }
      const proof = ledger.inclusionProof(place) ?? new Uint8Array(0)

      expect(ledger.inclusion(transaction.txHash)).toEqual(place)
      expect(ledger.signedTransaction(place)).toBe(block.transactions[txIndex])
      expect(ledger.rawTransaction(place)).toBe(transaction.raw)
      expect(verifyProof({ root: block.hash, leaf: transaction.raw, index: txIndex, proof })).toBe(true)
    }
  })

  test('is the only one of its number, and none is left out', () => {
    const { ledger, block } = ledgerOfTwo()
    const changes = { created: new Map(), spent: [] }

    for (const blknum of [1000n, 3000n, 2001n]) {
      expect(() => {
        ledger.apply({ ...block, blknum }, changes)
      }).toThrow(RangeError)
    }
    execute(ledger, blockOf(2000n))
    expect(ledger.nextBlknum()).toBe(3000n)
  })

  test('is not confused with what is nowhere', () => {
    const { ledger } = ledgerOfTwo()

    for (const place of [
      { blknum: 1000n, txIndex: 2 },
      { blknum: 2000n, txIndex: 0 },
      { blknum: 1n, txIndex: 1 },
      { blknum: 2n, txIndex: 0 },
    ]) {
      expect(ledger.signedTransaction(place)).toBeUndefined()
      expect(ledger.rawTransaction(place)).toBeUndefined()
      expect(ledger.inclusionProof(place)).toBeUndefined()
    }
    expect(ledger.inclusion(aliceDeposits.txHash)).toBeUndefined()
  })
})

describe('an exit that paid out', () => {
  test('spends its output, so that no later block can', () => {
    const { ledger } = ledgerOfTwo()

    expect(ledger.exit([at(1000n, 1)])).toEqual([])
    expect(ledger.get(at(1000n, 1))).toBeUndefined()
    expect(ledger.spend(at(1000n, 1))).toBeUndefined()
    const late = blockOf(2000n, payment([{ utxoPos: at(1000n, 1), signer: carol }], [pay(bob, 6n)]))
    expect(executeBlock(ledger, late)).toMatchObject({ ok: false, finding: { reason: 'utxo_not_found', txIndex: 0 } })
  })

  test('of an output that was spent or never was, or twice, says so', () => {
    const { ledger } = ledgerOfTwo()

    expect(ledger.exit([at(1n), at(1000n, 1), at(77n)])).toEqual([at(1n), at(77n)])
    expect(ledger.exit([at(1000n, 1)])).toEqual([at(1000n, 1)])
  })
})

test('the oldest place of a transaction counts', () => {
  const { ledger } = ledgerOfTwo()
  const { transactions, leafHashes, hash } = blockOf(2000n, alicePaysBob)
  // No such block can be executed; the ledger takes what it is told to be valid.
  ledger.apply({ blknum: 2000n, hash, transactions, leafHashes }, { created: new Map(), spent: [] })

  expect(ledger.inclusion(alicePaysBob.transaction.txHash)).toEqual({ blknum: 1000n, txIndex: 0 })
})
