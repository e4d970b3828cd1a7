import { describe, expect, test } from '@jest/globals'
import { checkBlock, type Block } from '../../src/plasma/block.ts'
import { merkleRoot, verifyProof } from '../../src/plasma/merkle.ts'
import { executeBlock } from '../../src/plasma/state-transition.ts'
import { encodePayment } from '../../src/plasma/encode-transaction.ts'
import type { SignedTransaction } from '../../src/plasma/transaction.ts'
import type { UtxoPos } from '../../src/plasma/units.ts'
import { createLedger, type Ledger } from '../support/ledger.ts'
import { alice, bob, carol, operator } from '../support/signers.ts'
import { at, deposit, fee, framework, pay, payment, token } from '../support/transactions.ts'

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
  ledger.apply(block)
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

    expect(ledger.unspent()).toEqual([[at(1n), pay(alice, 10n)]])
    expect(ledger.rawTransaction({ blknum: 1n, txIndex: 0 })).toEqual(aliceDeposits.raw)
    expect(verifyProof({ root: merkleRoot([aliceDeposits.raw]), leaf: aliceDeposits.raw, index: 0, proof })).toBe(true)
    expect(ledger.nextBlknum()).toBe(1000n)
  })

  test('that is reported twice is one deposit, and does not come back when it is spent', () => {
    const { ledger } = ledgerOfTwo()
    ledger.deposit(1n, aliceDeposits.raw)

    expect(ledger.get(at(1n))).toBeUndefined()
    expect([...ledger.unspentOf(alice.address)]).toEqual([[at(1000n, 0, 1), pay(alice, 4n)]])
  })

  test('is proven when it is spent as well', () => {
    const { ledger } = ledgerOfTwo()
    const proof = ledger.inclusionProof({ blknum: 1n, txIndex: 0 }) ?? new Uint8Array(0)

    expect(verifyProof({ root: merkleRoot([aliceDeposits.raw]), leaf: aliceDeposits.raw, index: 0, proof })).toBe(true)
  })

  test('may have metadata of its depositor’s choice', () => {
    const raw = encodePayment({ inputs: [], outputs: [pay(alice, 10n)], metadata: new Uint8Array(32).fill(5) })
    const ledger = createLedger()
    ledger.deposit(1n, raw)
    const proof = ledger.inclusionProof({ blknum: 1n, txIndex: 0 }) ?? new Uint8Array(0)

    expect(ledger.get(at(1n))).toEqual(pay(alice, 10n))
    expect(verifyProof({ root: merkleRoot([raw]), leaf: raw, index: 0, proof })).toBe(true)
  })

  test('cannot be another one, a payment, in a block of the operator’s, or beyond all numbers: the ledger goes on without', () => {
    const ledger = createLedger()
    ledger.deposit(1n, aliceDeposits.raw)
    ledger.deposit(1n, deposit(bob, 10n).raw)
    for (const raw of [alicePaysBob.transaction.raw, aliceDeposits.raw.subarray(1), new Uint8Array(0)]) {
      ledger.deposit(2n, raw)
    }
    ledger.deposit(1000n, aliceDeposits.raw)
    ledger.deposit(2n ** 64n + 1n, aliceDeposits.raw)

    expect(ledger.unspent()).toEqual([[at(1n), pay(alice, 10n)]])
    execute(ledger, blockOf(1000n, alicePaysBob))
  })
})

describe('a block that was applied', () => {
  test('changed which outputs are unspent', () => {
    const { ledger } = ledgerOfTwo()

    expect(ledger.unspent()).toEqual([
      [at(1000n, 0, 1), pay(alice, 4n)],
      [at(1000n, 1), pay(carol, 6n)],
    ])
    expect([...ledger.unspentOf(carol.address)]).toEqual([[at(1000n, 1), pay(carol, 6n)]])
    expect([...ledger.unspentOf(bob.address)]).toEqual([])
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
    for (const [txIndex, { transaction, signatures, bytes }] of block.transactions.entries()) {
      const place = { blknum: 1000n, txIndex }
      const proof = ledger.inclusionProof(place) ?? new Uint8Array(0)

      expect(ledger.inclusion(transaction)).toEqual(place)
      expect(ledger.signedTransaction(place)).toEqual({ transaction, signatures, bytes })
      expect(ledger.rawTransaction(place)).toEqual(transaction.raw)
      expect(verifyProof({ root: block.hash, leaf: transaction.raw, index: txIndex, proof })).toBe(true)
    }
  })

  test('keeps every currency, great amounts, two inputs and the fee', () => {
    const ledger = createLedger()
    const great = 2n ** 255n
    ledger.deposit(1n, deposit(alice, great, token).raw)
    ledger.deposit(2n, deposit(alice, 5n).raw)
    const coins = [at(1n), at(2n)].map((utxoPos) => ({ utxoPos, signer: alice }))
    const claimed = fee(1000n, { owner: operator, amount: 1n })
    execute(
      ledger,
      blockOf(1000n, payment(coins, [pay(bob, great - 1n, token), pay(bob, 1n, token), pay(bob, 4n)]), claimed),
    )

    expect([...ledger.unspentOf(bob.address)].map(([, output]) => output)).toEqual([
      pay(bob, great - 1n, token),
      pay(bob, 1n, token),
      pay(bob, 4n),
    ])
    expect([...ledger.unspentOf(operator.address)]).toEqual([[at(1000n, 1), { ...pay(operator, 1n), outputType: 2 }]])
    expect(ledger.spend(at(2n))).toMatchObject({ txIndex: 0, inputIndex: 1 })
    expect(ledger.inclusion(claimed.transaction)).toBeUndefined()
  })

  test('of more transactions than a subtree has gives proofs of the first and the last of each', () => {
    const ledger = createLedger()
    const count = 300
    for (let blknum = 1n; blknum <= BigInt(count); blknum++) ledger.deposit(blknum, aliceDeposits.raw)
    const coins = Array.from({ length: count }, (_, index) => ({ utxoPos: at(BigInt(index + 1)), signer: alice }))
    const block = blockOf(1000n, ...coins.map((coin) => payment([coin], [pay(bob, 10n)])))
    execute(ledger, block)

    for (const index of [0, 255, 256, 299]) {
      const leaf = block.transactions[index]?.transaction.raw ?? new Uint8Array(0)
      const proof = ledger.inclusionProof({ blknum: 1000n, txIndex: index }) ?? new Uint8Array(0)
      expect(verifyProof({ root: block.hash, leaf, index, proof })).toBe(true)
    }
    expect([...ledger.unspentOf(bob.address)]).toHaveLength(count)
  })

  test('is the only one of its number, and none is left out', () => {
    const { ledger, block } = ledgerOfTwo()

    for (const blknum of [1000n, 3000n, 2001n]) {
      expect(() => {
        ledger.apply({ ...block, blknum })
      }).toThrow(RangeError)
    }
    execute(ledger, blockOf(2000n))
    expect(ledger.nextBlknum()).toBe(3000n)
  })

  test('is not confused with what is nowhere', () => {
    const { ledger } = ledgerOfTwo()

    for (const place of [
      { blknum: 1000n, txIndex: 2 },
      { blknum: 1000n, txIndex: 65_536 },
      { blknum: 2000n, txIndex: 0 },
      { blknum: 1n, txIndex: 1 },
      { blknum: 2n, txIndex: 0 },
      { blknum: 2n ** 70n, txIndex: 0 },
    ]) {
      expect(ledger.signedTransaction(place)).toBeUndefined()
      expect(ledger.rawTransaction(place)).toBeUndefined()
      expect(ledger.inclusionProof(place)).toBeUndefined()
    }
    for (const utxoPos of [0n, at(1000n, 0, 2), at(1000n, 0, 4), at(1000n, 70_000), 2n ** 63n, 2n ** 256n - 1n]) {
      expect(ledger.get(utxoPos as UtxoPos)).toBeUndefined()
      expect(ledger.spend(utxoPos as UtxoPos)).toBeUndefined()
    }
    expect(ledger.inclusion(aliceDeposits)).toBeUndefined()
  })
})

test('another transaction with the same input is not taken for the one that is included', () => {
  const { ledger } = ledgerOfTwo()
  const other = payment([{ utxoPos: at(1n), signer: alice }], [pay(carol, 10n)])

  expect(ledger.inclusion(other.transaction)).toBeUndefined()
})

describe('an exit that paid out', () => {
  test('spends its output, so that no later block can', () => {
    const { ledger } = ledgerOfTwo()

    expect(ledger.exit([at(1000n, 1)])).toEqual([])
    expect(ledger.get(at(1000n, 1))).toBeUndefined()
    expect([...ledger.unspentOf(carol.address)]).toEqual([])
    expect(ledger.spend(at(1000n, 1))).toBeUndefined()
    const late = blockOf(2000n, payment([{ utxoPos: at(1000n, 1), signer: carol }], [pay(bob, 6n)]))
    expect(executeBlock(ledger, late)).toMatchObject({ ok: false, finding: { reason: 'utxo_not_found', txIndex: 0 } })
  })

  test('of an output that was spent or never was, or twice, changes nothing', () => {
    const { ledger } = ledgerOfTwo()

    expect(ledger.exit([at(1n), at(1000n, 1), at(77n)])).toEqual([at(1n), at(77n)])
    expect(ledger.exit([at(1000n, 1)])).toEqual([at(1000n, 1)])
    expect(ledger.spend(at(1n))).toMatchObject({ blknum: 1000n })
    // It is there to be spent when it comes after all.
    ledger.deposit(77n, aliceDeposits.raw)
    expect(ledger.get(at(77n))).toEqual(pay(alice, 10n))
  })
})
