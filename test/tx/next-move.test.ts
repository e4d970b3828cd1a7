import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Hex } from '../../src/lib/bytes.ts'
import type { Address, Timestamp, Wei } from '../../src/plasma/units.ts'
import type { PendingRecord } from '../../src/tx/intent.ts'
import { type Memory, nextMove } from '../../src/tx/next-move.ts'

const patience = { confirmations: 4, stuckAfterBlocks: 3 }
const txHash: Hex = `0x${'1'.repeat(64)}`
const receipt = (blockNumber: bigint, status: 'success' | 'reverted' = 'success') => ({ txHash, status, blockNumber })

const record: PendingRecord = {
  key: 'k',
  purpose: 'p',
  account: '0x' as Address,
  to: '0x' as Address,
  data: '0x',
  value: 0n as Wei,
  nonce: 7,
  gas: 1n,
  versions: [],
  createdAt: 0n as Timestamp,
  updatedAt: 0n as Timestamp,
  state: 'pending',
  accepted: true,
}

describe('A pending transaction', () => {
  test('counts when its receipt has all confirmations, not a block before', () => {
    const at = (head: bigint) => nextMove(record, { head, receipt: receipt(10n), mined: 8 }, { memory: {}, patience })
    expect(at(12n)).toEqual({ move: 'wait', memory: {} })
    expect(at(13n)).toEqual({ move: 'end', ending: { end: 'success', receipt: receipt(10n) } })
  })

  test('with a node that is behind its own receipt, it waits', () => {
    const move = nextMove(record, { head: 8n, receipt: receipt(10n), mined: 8 }, { memory: {}, patience })
    expect(move.move).toBe('wait')
  })

  test('is given to the node at the start of each life, then left alone, then replaced', () => {
    const moves: string[] = []
    let memory: Memory = {}
    for (let head = 100n; head < 108n; head++) {
      const move = nextMove(record, { head, receipt: undefined, mined: 7 }, { memory, patience })
      moves.push(move.move)
      if (move.move !== 'end') memory = move.memory
    }
    expect(moves).toEqual(['push', 'wait', 'wait', 'replace', 'wait', 'wait', 'replace', 'wait'])
  })

  test('that no node has taken yet is given to it at every look', () => {
    const given = { memory: { pushedAt: 100n }, patience }
    const sight = { head: 100n, receipt: undefined, mined: 7 }
    expect(nextMove({ ...record, accepted: false }, sight, given).move).toBe('push')
  })

  test('is lost when its nonce is used up and it stays missing, but not when it comes back', () => {
    const look = (head: bigint, memory: Memory) =>
      nextMove(record, { head, receipt: undefined, mined: 8 }, { memory, patience })
    const first = look(100n, { pushedAt: 99n })
    expect(first).toEqual({ move: 'wait', memory: { pushedAt: 99n, missingSince: 100n } })
    expect(look(103n, { missingSince: 100n }).move).toBe('wait')
    expect(look(104n, { missingSince: 100n })).toEqual({ move: 'end', ending: { end: 'lost' } })
    const back = nextMove(
      record,
      { head: 104n, receipt: undefined, mined: 7 },
      { memory: { pushedAt: 103n, missingSince: 100n }, patience },
    )
    expect(back).toEqual({ move: 'wait', memory: { pushedAt: 103n } })
  })

  test('never ends without a receipt while its nonce is free', () => {
    const memory = fc.record({
      pushedAt: fc.bigInt({ min: 0n, max: 200n }),
      missingSince: fc.bigInt({ min: 0n, max: 200n }),
    })
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 200n }), fc.nat({ max: 7 }), memory, (head, mined, remembered) => {
        const move = nextMove(record, { head, receipt: undefined, mined }, { memory: remembered, patience })
        expect(move.move).not.toBe('end')
      }),
    )
  })
})
