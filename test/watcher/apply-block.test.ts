import { describe, expect, test } from '@jest/globals'
import type { CheckedBlock } from '../../src/plasma/block.ts'
import { SUBTREE_LEAVES } from '../../src/plasma/merkle.ts'
import { encodeUtxoPos } from '../../src/plasma/position.ts'
import type { RecoveredTransaction } from '../../src/plasma/recovered-transaction.ts'
import { ETH, type Hash, type Timestamp, type UtxoPos, type Wei } from '../../src/plasma/units.ts'
import { applyBlock } from '../../src/watcher/apply-block.ts'
import type { Announced } from '../../src/watcher/facts.ts'
import { temporaryFacts } from '../support/facts.ts'
import { alice, bob } from '../support/signers.ts'
import { at, pay, rawPayment, signedWith } from '../support/transactions.ts'

const root = `0x${'c'.repeat(64)}` as Hash
const place = (blockNumber: bigint) => ({
  blockNumber,
  blockHash: `0x${blockNumber.toString().padStart(64, '0')}` as Hash,
  timestamp: (1_000n + blockNumber) as Timestamp,
  occurrence: { txHash: `0x${blockNumber.toString().padStart(64, '0')}` as Hash, rank: 0 },
})

/** Alice's one coin, handed from Alice to Alice over and over, as often as asked; then `last`. */
function chainOf(count: number, last: RecoveredTransaction[] = []): CheckedBlock {
  const transactions: RecoveredTransaction[] = []
  for (let txIndex = 0; txIndex < count; txIndex++) {
    const input = txIndex === 0 ? at(1n) : encodeUtxoPos({ blknum: 1000n, txIndex: txIndex - 1, outputIndex: 0 })
    transactions.push(handing(input))
  }
  const all = [...transactions, ...last]
  const nodes = new Uint8Array(32 * Math.ceil(all.length / SUBTREE_LEAVES))
  return { blknum: 1000n, hash: root, nodes, count: all.length, at: (index) => all[index] as never }
}

function handing(input: UtxoPos, to = alice): RecoveredTransaction {
  return { ...signedWith(rawPayment([input], [pay(to, 10n)]), [new Uint8Array(65)]), signers: [alice.address] }
}

async function aliceWithCoin() {
  const facts = temporaryFacts()
  const deposit = { ...place(1n), type: 'DepositCreated' as const, blknum: 1n, depositor: alice.address, token: ETH }
  const event = { ...place(2n), type: 'BlockSubmitted' as const, blknum: 1000n }
  const submitted = new Map([[1000n, { root, timestamp: event.timestamp }]])
  await facts.write((draft) => {
    const tip = { number: 2n, hash: event.blockHash, timestamp: event.timestamp }
    draft.add({ from: 0n, tip, events: [{ ...deposit, amount: 10n as Wei }, event], unreadable: [], submitted })
  })
  const announced: Announced = { blknum: 1000n, root, submittedAt: event.timestamp, event }
  return { facts, announced }
}

describe('trap 13: a large block disturbs nobody', () => {
  test('while it is applied others get their turns, and see the ledger before it or after it', async () => {
    const { facts, announced } = await aliceWithCoin()
    const seen: string[] = []
    const done = new AbortController()
    const watching = (async () => {
      while (!done.signal.aborted) {
        seen.push([...facts.ledger.unspentOf(alice.address)].map(([utxoPos]) => String(utxoPos)).join())
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()
    const finding = await applyBlock(facts, announced, chainOf(2_000)).finally(() => {
      done.abort()
    })
    await watching
    expect(finding).toBeUndefined()
    const last = encodeUtxoPos({ blknum: 1000n, txIndex: 1_999, outputIndex: 0 })
    expect([...facts.ledger.unspentOf(alice.address)].map(([utxoPos]) => utxoPos)).toEqual([last])
    expect(seen.length).toBeGreaterThan(5)
    expect(new Set(seen)).toEqual(new Set([String(at(1n))]))
  })

  test('and when its last transaction is bad nothing of it is there', async () => {
    const { facts, announced } = await aliceWithCoin()
    const bad = handing(at(1n), bob)
    expect(await applyBlock(facts, announced, chainOf(500, [bad]))).toEqual({
      errorType: 'tx_execution',
      reason: 'utxo_not_found',
      txIndex: 500,
    })
    expect([...facts.ledger.unspentOf(alice.address)].map(([utxoPos]) => utxoPos)).toEqual([at(1n)])
    expect(facts.ledger.nextBlknum()).toBe(1000n)
    expect(facts.applied()).toBeUndefined()
    expect(await applyBlock(facts, announced, chainOf(3))).toBeUndefined()
    expect(facts.applied()).toMatchObject({ blknum: 1000n })
  })
})
