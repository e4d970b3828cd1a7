import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { z } from 'zod'
import { readBloom } from '../../src/chain/bloom.ts'
import { blockTag } from '../../src/chain/contract.ts'
import { hexData } from '../../src/chain/shapes.ts'
import type { Hex } from '../../src/lib/bytes.ts'
import { openStage } from './stage.ts'

const word = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes): Hex => `0x${Buffer.from(bytes).toString('hex')}`)

test('an empty bloom, or one of another length, tells nothing', () => {
  for (const none of [undefined, `0x${'00'.repeat(256)}`, '0x', '0x01', `0x${'ff'.repeat(255)}`] as const)
    expect(readBloom(none)).toBeUndefined()
})

test('a full bloom may hold everything, one with a single bit next to nothing', () => {
  const full = readBloom(`0x${'ff'.repeat(256)}`)
  const single = readBloom(`0x${'00'.repeat(255)}01`)
  fc.assert(
    fc.property(word, (text) => {
      expect(full?.(text)).toBe(true)
      expect(single?.(text)).toBe(false)
    }),
  )
})

test('the bloom of a real block holds its logs, and hardly anything else', async () => {
  const stage = await openStage()
  try {
    const { receipt } = await stage.people.alice.depositEther(5n)
    const shape = z.object({ logsBloom: hexData })
    const found = await stage.node.ask('eth_getBlockByNumber', [blockTag(receipt.blockNumber), false], shape)
    const bloom = readBloom(found.logsBloom)
    expect(receipt.logs.length).toBeGreaterThan(0)
    for (const { address, topics } of receipt.logs)
      for (const text of [address, ...topics]) expect(bloom?.(text)).toBe(true)
    const others = fc.sample(word, 1_000).filter((text) => bloom?.(text))
    expect(others.length).toBeLessThan(10)
  } finally {
    await stage.stop()
  }
}, 120_000)
