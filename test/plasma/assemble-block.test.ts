import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { toHex } from '../../src/lib/bytes.ts'
import { assembleBlock, cutIntoSlices } from '../../src/plasma/assemble-block.ts'
import { sliceChecker } from '../../src/plasma/block-slice.ts'
import { checkBlock, type BlockVerdict, type Serving } from '../../src/plasma/block.ts'
import { MAX_LEAVES, merkleRoot, SUBTREE_LEAVES } from '../../src/plasma/merkle.ts'
import type { RecoveredTransaction } from '../../src/plasma/recovered-transaction.ts'
import { encodeSigned } from '../../src/plasma/encode-transaction.ts'
import type { SignedTransaction } from '../../src/plasma/transaction.ts'
import type { Address, Hash } from '../../src/plasma/units.ts'
import { alice, bob, carol } from '../support/signers.ts'
import { at, fee, framework, pay, rawPayment, signedWith } from '../support/transactions.ts'
import { mutated } from './arbitraries.ts'

/** Cheap tools: who signed is what the signature begins with, and nobody did where that is a zero. */
const tools = {
  framework,
  keccak: (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest()),
  recover: (_: Uint8Array, signature: Uint8Array) =>
    signature[0] === 0 ? undefined : (toHex(signature.subarray(0, 20)) as Address),
}
const checkSlice = sliceChecker(tools)

function signature(seed: number): Uint8Array {
  return new Uint8Array(65).fill(seed).fill(27, 64)
}

const kinds: readonly SignedTransaction[] = [
  signedWith(rawPayment([at(1n)], [pay(bob, 7n)]), [signature(1)]),
  signedWith(rawPayment([at(2n), at(3n)], [pay(alice, 5n), pay(carol, 6n)]), [signature(2), signature(3)]),
  signedWith(rawPayment([at(4n), at(5n), at(6n), at(7n)], [pay(bob, 1n)]), [4, 5, 6, 7].map(signature)),
  fee(1000n, { owner: alice, amount: 3n }),
]

const sizes = fc.oneof(fc.constantFrom(0, 1, SUBTREE_LEAVES, 2 * SUBTREE_LEAVES), fc.nat(3 * SUBTREE_LEAVES))

/** A block of any size whose root is right. */
const honest: fc.Arbitrary<Serving> = fc.tuple(sizes, fc.nat(3)).map(([size, first]) => {
  const transactions = Array.from({ length: size }, (_, index) => kinds[(first + index) % 4] ?? kinds[0])
  const known = transactions.filter((each) => each !== undefined)
  const hash = merkleRoot(
    known.map(({ transaction }) => transaction.raw),
    tools.keccak,
  )
  return serving(
    hash,
    known.map(({ bytes }) => bytes),
  )
})

/** The same with other transactions in some places, most of them no transactions at all. */
const dishonest: fc.Arbitrary<Serving> = fc
  .tuple(
    honest,
    fc.array(fc.tuple(fc.nat(), mutated(fc.constantFrom(...kinds.map(({ bytes }) => bytes)))), { maxLength: 3 }),
  )
  .map(([{ served }, changes]) => {
    const transactions = [...served.transactions]
    for (const [place, bytes] of changes) transactions[place % Math.max(transactions.length, 1)] = bytes
    return serving(served.hash, transactions)
  })

function serving(hash: Hash, transactions: readonly Uint8Array[]): Serving {
  return { requested: { hash, blknum: 1000n }, served: { hash, blknum: 1000n, transactions } }
}

function checkInSlices(asked: Serving, size?: number): BlockVerdict {
  const slices = cutIntoSlices(asked.served.transactions, size)
  return assembleBlock(
    asked,
    slices.map(({ from, transactions }) => ({ from, checked: checkSlice(transactions) })),
    tools.keccak,
  )
}

/** Everything that a verdict says, all transactions read. */
function said(verdict: BlockVerdict): unknown {
  if (!verdict.ok) return verdict.finding
  const { blknum, hash, nodes, count, at: read } = verdict.block
  return {
    blknum,
    hash,
    nodes: toHex(nodes),
    transactions: Array.from({ length: count }, (_, index) => told(read(index))),
  }
}

/** In one text: comparing thousands of byte arrays takes longer than checking them. */
function told({ transaction, signatures, signers, bytes }: RecoveredTransaction): string {
  const { txType, txHash, inputs, outputs, metadata, raw } = transaction
  const received = outputs.map(({ outputType, owner, currency, amount }) => [outputType, owner, currency, amount])
  return [txType, txHash, inputs, received, signers, ...[metadata, raw, bytes, ...signatures].map(toHex)].join(' ')
}

describe('a block that was checked in slices', () => {
  test.each([SUBTREE_LEAVES, 4 * SUBTREE_LEAVES])('of %s transactions each is as good as a whole one', (size) => {
    fc.assert(
      fc.property(honest, (asked) => {
        const verdict = checkInSlices(asked, size)

        expect(verdict.ok).toBe(true)
        expect(said(verdict)).toEqual(said(checkBlock({ ...asked, ...tools })))
      }),
      { numRuns: 10 },
    )
  })

  test('is as bad as a whole one: its last bad transaction names the error', () => {
    fc.assert(
      fc.property(dishonest, (asked) => {
        expect(said(checkInSlices(asked, SUBTREE_LEAVES))).toEqual(said(checkBlock({ ...asked, ...tools })))
      }),
      { numRuns: 40 },
    )
  })

  test('is named after the last of the bad slices', () => {
    const good = kinds[0]?.bytes ?? new Uint8Array(0)
    const transactions = Array.from({ length: 3 * SUBTREE_LEAVES }, () => good)
    const bad = encodeSigned(rawPayment([at(1n)], [pay(bob, 7n)]).raw, [])
    for (const index of [5, SUBTREE_LEAVES + 7, SUBTREE_LEAVES + 9]) transactions[index] = bad
    const finding = { errorType: 'missing_signature', txIndex: SUBTREE_LEAVES + 9 }

    expect(checkInSlices(serving(`0x${'00'.repeat(32)}` as Hash, transactions), SUBTREE_LEAVES)).toEqual({
      ok: false,
      finding,
    })
  })

  test('must be the one that was asked for, and no greater than a tree', () => {
    fc.assert(
      fc.property(honest, ({ requested, served }) => {
        const other = { ...served, hash: `0x${'0f'.repeat(32)}` as Hash }
        const later = { ...served, blknum: 2000n }
        for (const asked of [
          { requested, served: other },
          { requested, served: later },
          { requested: { ...requested, hash: other.hash }, served: other },
        ]) {
          expect(said(checkInSlices(asked))).toEqual(said(checkBlock({ ...asked, ...tools })))
        }
      }),
      { numRuns: 5 },
    )
    const tooMany = Array.from({ length: MAX_LEAVES + 1 }, () => new Uint8Array(0))
    const asked = serving(`0x${'00'.repeat(32)}` as Hash, tooMany)
    expect(assembleBlock(asked, [])).toEqual({ ok: false, finding: { errorType: 'incorrect_hash' } })
  })

  test('has no other transactions than its own', () => {
    const [first] = kinds
    const bytes = first?.bytes.slice() ?? new Uint8Array(0)
    const verdict = checkInSlices(serving(merkleRoot([first?.transaction.raw ?? bytes], tools.keccak), [bytes]))
    if (!verdict.ok) throw new Error(verdict.finding.errorType)

    for (const txIndex of [1, -1, 0.5]) expect(() => verdict.block.at(txIndex)).toThrow(RangeError)
    bytes.fill(0)
    expect(() => verdict.block.at(0)).toThrow(RangeError)
  })
})
