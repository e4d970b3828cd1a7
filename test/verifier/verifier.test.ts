import { afterAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { silentLogger } from '../../src/lib/logger.ts'
import { checkBlock } from '../../src/plasma/block.ts'
import { merkleRoot } from '../../src/plasma/merkle.ts'
import type { Hash } from '../../src/plasma/units.ts'
import { createVerifier, type Verifier } from '../../src/verifier/verifier.ts'
import { alice, bob, carol } from '../support/signers.ts'
import { at, fee, framework, pay, payment } from '../support/transactions.ts'
import { mutated } from '../plasma/arbitraries.ts'

const verifier = await createVerifier({ framework, log: silentLogger, workers: 2 })
afterAll(verifier.close)

const kinds = [
  payment([{ utxoPos: at(1n), signer: alice }], [pay(bob, 7n)]),
  payment(
    [
      { utxoPos: at(2n), signer: bob },
      { utxoPos: at(3n), signer: carol },
    ],
    [pay(alice, 5n), pay(carol, 1n)],
  ),
  fee(1000n, { owner: alice, amount: 3n }),
]

/** A block of as many transactions, the same ones again and again: the ledger is not asked. */
function served(size: number) {
  const transactions = Array.from({ length: size }, (_, index) => kinds[index % kinds.length]).filter(
    (each) => each !== undefined,
  )
  const hash = merkleRoot(
    transactions.map(({ transaction }) => transaction.raw),
    verifier.recovery.keccak,
  )
  return { hash, blknum: 1000n, transactions: transactions.map(({ bytes }) => bytes) }
}

type Served = ReturnType<typeof served>

/** What one thread says of it, without the library under test. */
function expected(block: Served, requested: { hash: Hash; blknum: bigint } = block) {
  return checkBlock({ requested, served: block, framework, keccak: verifier.recovery.keccak })
}

/** Greater than a slice. */
const large = served(1_200)

describe('a verifier', () => {
  test('says of a good block what one thread says of it', async () => {
    for (const block of [served(0), served(1), served(7)]) {
      const verdict = await verifier.check({ blknum: 1000n, root: block.hash }, block)
      const reference = expected(block)
      if (!verdict.ok || !reference.ok) throw new Error('a good block was rejected')
      const { nodes, count, at: read } = verdict.block

      expect({ nodes, count }).toEqual({ nodes: reference.block.nodes, count: block.transactions.length })
      expect(block.transactions.map((_, index) => read(index))).toEqual(reference.block.transactions)
    }
  })

  test('puts the slices of a large block together', async () => {
    const verdict = await verifier.check({ blknum: 1000n, root: large.hash }, large)
    if (!verdict.ok) throw new Error(verdict.finding.errorType)

    expect(verdict.block.count).toBe(1_200)
    for (const index of [0, 1, 1_023, 1_024, 1_199]) {
      const { transaction, signers } = verdict.block.at(index)
      expect(transaction).toEqual(kinds[index % kinds.length]?.transaction)
      expect(signers).toEqual([[alice.address], [bob.address, carol.address], []][index % kinds.length])
    }
  })

  test('names a bad block as one thread does', async () => {
    const bad = mutated(fc.constantFrom(...kinds.map(({ bytes }) => bytes)))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(11), bad), { minLength: 1, maxLength: 3 }), async (changes) => {
        const block = served(12)
        for (const [index, bytes] of changes) block.transactions[index] = bytes
        const reference = expected(block)
        const verdict = await verifier.check({ blknum: 1000n, root: block.hash }, block)

        expect(verdict.ok ? verdict.ok : verdict).toEqual(reference.ok ? reference.ok : reference)
      }),
      { numRuns: 30 },
    )
  })

  test('names the last bad transaction of all slices', async () => {
    const transactions = [...large.transactions]
    for (const index of [3, 1_030, 1_050]) transactions[index] = new Uint8Array(index === 1_050 ? 0 : 3)
    const verdict = await verifier.check({ blknum: 1000n, root: large.hash }, { ...large, transactions })

    expect(verdict).toEqual({ ok: false, finding: { errorType: 'malformed_transaction', txIndex: 1_050 } })
  })

  test('asks for the right block before anything else', async () => {
    const block = { ...served(3), transactions: [new Uint8Array(3)] }
    const other = `0x${'0f'.repeat(32)}` as Hash

    expect(await verifier.check({ blknum: 1000n, root: other }, block)).toEqual({
      ok: false,
      finding: { errorType: 'bad_returned_hash' },
    })
    expect(await verifier.check({ blknum: 2000n, root: block.hash }, block)).toEqual({
      ok: false,
      finding: { errorType: 'bad_returned_number' },
    })
  })
})

describe('at its start it says who recovers signatures', () => {
  async function started(config: Parameters<typeof createVerifier>[0]): Promise<Verifier> {
    const starting = await createVerifier(config)
    await starting.close()
    return starting
  }

  test('the C library where it is there', async () => {
    const said: object[] = []
    await started({ framework, workers: 1, log: { ...silentLogger, info: (facts) => said.push(facts) } })

    expect(said).toEqual([{ recovery: 'native', workers: 1 }])
  })

  test('JavaScript where it is not, and that it is slow; the verdicts are the same', async () => {
    const said: object[] = []
    const log = { ...silentLogger, warn: (facts: object) => said.push(facts) }
    const slow = await createVerifier({ framework, workers: 1, library: 'noble', log })
    const block = served(3)
    const verdict = await slow.check({ blknum: 1000n, root: block.hash }, block)
    await slow.close()

    expect(said).toEqual([{ recovery: 'noble', workers: 1 }])
    expect(verdict.ok && verdict.block.at(1).signers).toEqual([bob.address, carol.address])
  })
})

test('a closed verifier checks no more blocks', async () => {
  const closed = await createVerifier({ framework, log: silentLogger, workers: 1 })
  const block = served(3)
  const pending = closed.check({ blknum: 1000n, root: block.hash }, block)
  await Promise.all([expect(pending).rejects.toMatchObject({ code: 'VERIFIER_CLOSED' }), closed.close()])

  await expect(closed.check({ blknum: 1000n, root: block.hash }, block)).rejects.toMatchObject({
    code: 'VERIFIER_CLOSED',
  })
})
