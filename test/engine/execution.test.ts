import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { contentHash } from '../../src/engine/content-hash.ts'
import { eventHash, executionHash } from '../../src/engine/execution.ts'
import type { ExecutionContent } from '../../src/engine/execution.ts'

const sha256 = (text: string) => `0x${createHash('sha256').update(text).digest('hex')}`

const content: ExecutionContent = {
  processHash: '0x01',
  nodeKey: 'bake',
  taskKey: 'bake',
  inputs: { id: '7', deep: { b: 1, a: [true] } },
  event: { key: 'ordered', hash: '0x02' },
}

describe('the hash of an execution', () => {
  test('is the SHA-256 of its content, with sorted keys', async () => {
    expect(await executionHash(content)).toBe(
      sha256(
        '{"cause":"0x02","inputs":{"deep":{"a":[true],"b":1},"id":"7"},"nodeKey":"bake","processHash":"0x01","taskKey":"bake"}',
      ),
    )
  })

  const others: [string, ExecutionContent][] = [
    ['process', { ...content, processHash: '0x03' }],
    ['node', { ...content, nodeKey: 'again' }],
    ['task', { ...content, taskKey: 'sell' }],
    ['inputs', { ...content, inputs: { ...content.inputs, id: '8' } }],
    ['event', { ...content, event: { key: 'ordered', hash: '0x04' } }],
    ['parent', { ...content, parent: '0x05' }],
  ]
  test.each(others)('differs with the %s', async (_, other) => {
    expect(await executionHash(other)).not.toBe(await executionHash(content))
  })

  test('of a later step depends on its parent, not on the event again', async () => {
    const later = { ...content, parent: '0x05' } as const
    expect(await executionHash({ ...later, event: { key: 'ordered', hash: '0x06' } })).toBe(await executionHash(later))
  })
})

test('the hash of an event covers its key and its data, not the order of its fields', async () => {
  const hash = await eventHash({ key: 'ordered', data: { b: 1, a: 'x' } })
  expect(hash).toBe(sha256('{"data":{"a":"x","b":1},"key":"ordered"}'))
  expect(await eventHash({ key: 'ordered', data: { a: 'x', b: 1 } })).toBe(hash)
  expect(await eventHash({ key: 'closed', data: { a: 'x', b: 1 } })).not.toBe(hash)
  expect(await eventHash({ key: 'ordered', data: { a: 'x', b: '1' } })).not.toBe(hash)
})

test('content that differs has another hash, content that does not has the same', async () => {
  const json = fc.jsonValue({ maxDepth: 3 })
  await fc.assert(
    fc.asyncProperty(json, json, async (left, right) => {
      const same = (value: unknown) => JSON.parse(JSON.stringify(value)) as string
      const isEqual = JSON.stringify(sorted(same(left))) === JSON.stringify(sorted(same(right)))
      expect((await contentHash(same(left))) === (await contentHash(same(right)))).toBe(isEqual)
      expect(await contentHash(same(left))).toBe(await contentHash(sorted(same(left)) as string))
    }),
  )
})

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  )
}
