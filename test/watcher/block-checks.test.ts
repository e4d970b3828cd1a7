import { describe, expect, test } from '@jest/globals'
import { merkleRoot } from '../../src/plasma/merkle.ts'
import type { Hash } from '../../src/plasma/units.ts'
import { createBlockChecks, oncePerBlock, type BlockChecks } from '../../src/watcher/block-checks.ts'
import { alice, bob } from '../support/signers.ts'
import { at, framework, pay, payment } from '../support/transactions.ts'

const { transaction, bytes } = payment([{ utxoPos: at(1n), signer: alice }], [pay(bob, 7n)])
const block = { hash: merkleRoot([transaction.raw]), blknum: 1000n, transactions: [bytes] }
const wanted = { blknum: 1000n, root: block.hash }
const check = createBlockChecks({ framework })

/** Counts how often it is asked. */
function counted(checks: BlockChecks) {
  const asked = { times: 0 }
  const once = oncePerBlock((...question) => {
    asked.times++
    return checks(...question)
  })
  return { asked, once }
}

describe('a served block is checked', () => {
  test('as the one that is wanted', async () => {
    expect(await check(wanted, block)).toMatchObject({ ok: true, block: { blknum: 1000n, count: 1 } })
    expect(await check({ ...wanted, blknum: 2000n }, block)).toEqual({
      ok: false,
      finding: { errorType: 'bad_returned_number' },
    })
  })

  test('once, as long as the same is wanted', async () => {
    const { asked, once } = counted(check)
    const first = await once(wanted, block)

    expect(await once(wanted, block)).toBe(first)
    expect(asked.times).toBe(1)
    expect(await once({ ...wanted, root: `0x${'0f'.repeat(32)}` as Hash }, block)).toMatchObject({ ok: false })
    expect(await once(wanted, { ...block })).toMatchObject({ ok: true })
    expect(asked.times).toBe(3)
  })

  test('again when there was no verdict', async () => {
    const { asked, once } = counted(() => Promise.reject(new Error('no threads')))

    await expect(once(wanted, block)).rejects.toThrow('no threads')
    await expect(once(wanted, block)).rejects.toThrow('no threads')
    expect(asked.times).toBe(2)
  })
})
