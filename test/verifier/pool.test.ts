import { afterEach, describe, expect, test } from '@jest/globals'
import { Worker } from 'node:worker_threads'
import { silentLogger } from '../../src/lib/logger.ts'
import { createPool, type Pool } from '../../src/verifier/pool.ts'

const WELL = 0
const THROWS_ONCE = 1
const EXITS_ONCE = 2
const LETHAL = 3
const NEVER_DONE = 4

const open: Pool[] = []

/** Threads that do as the first byte of a slice says. */
function aPool(size: number, { stillborn = false } = {}) {
  const deaths = new SharedArrayBuffer(64)
  const said: string[] = []
  const spawn = () => new Worker(new URL('./mortal-worker.mjs', import.meta.url), { workerData: { deaths, stillborn } })
  const note = (_: object, sentence: string) => said.push(sentence)
  const pool = createPool({ spawn, log: { ...silentLogger, warn: note, error: note } }, size)
  open.push(pool)
  return { ...pool, said }
}

function slice(fate: number, size: number): Uint8Array[] {
  return Array.from({ length: size }, () => Uint8Array.of(fate))
}

/** What a thread answers that has not died. */
function answerTo(transactions: readonly Uint8Array[]) {
  return { ok: false, error: 'malformed_transaction', txIndex: transactions.length }
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((pool) => pool.close()))
})

describe('threads', () => {
  test('answer every slice, each its own, however many there are', async () => {
    const { check } = aPool(3)
    const slices = Array.from({ length: 40 }, (_, index) => slice(WELL, index + 1))

    expect(await Promise.all(slices.map(check))).toEqual(slices.map(answerTo))
  })

  test('leave the bytes that they were given with the one who gave them', async () => {
    const { check } = aPool(1)
    const given = slice(WELL, 3)
    await check(given)

    expect(given).toEqual(slice(WELL, 3))
  })
})

describe('a thread that dies', () => {
  test.each([
    ['throws', THROWS_ONCE],
    ['exits', EXITS_ONCE],
  ])('because it %s is replaced, and nobody who waits notices', async (_, fate) => {
    const { check, said } = aPool(2)
    const slices = [slice(WELL, 1), slice(fate, 2), ...[3, 4, 5, 6].map((size) => slice(WELL, size))]

    expect(await Promise.all(slices.map(check))).toEqual(slices.map(answerTo))
    expect(said).toEqual(['verifier thread died'])
    expect(await check(slice(WELL, 7))).toEqual(answerTo(slice(WELL, 7)))
  })

  test('twice over the same slice is no verdict on it, and costs the others nothing', async () => {
    const { check } = aPool(2)
    const lethal = check(slice(LETHAL, 9))
    const others = Promise.all([1, 2, 3, 4].map((size) => check(slice(WELL, size))))

    await expect(lethal).rejects.toMatchObject({ code: 'LETHAL_SLICE', facts: { transactions: '9' } })
    expect(await others).toHaveLength(4)
    expect(await check(slice(WELL, 5))).toEqual(answerTo(slice(WELL, 5)))
  })

  test('before it ever worked is started thrice, then given up; without any there is no checking', async () => {
    const { check, said } = aPool(2, { stillborn: true })

    await expect(check(slice(WELL, 1))).rejects.toMatchObject({ code: 'NO_VERIFIER_THREADS' })
    await expect(check(slice(WELL, 1))).rejects.toMatchObject({ code: 'NO_VERIFIER_THREADS' })
    expect(said.filter((sentence) => sentence === 'verifier thread died')).toHaveLength(6)
    expect(said.filter((sentence) => sentence === 'verifier thread cannot be started')).toHaveLength(2)
  })
})

test('what is not done when the threads are stopped is rejected, and so is what comes later', async () => {
  const { check, close, said } = aPool(1)
  await check(slice(WELL, 1))
  const waiting = [slice(NEVER_DONE, 1), slice(NEVER_DONE, 2), slice(NEVER_DONE, 3)].map(check)
  const verdicts = Promise.allSettled(waiting)
  await close()

  for (const verdict of await verdicts) {
    expect(verdict).toMatchObject({ status: 'rejected', reason: { code: 'VERIFIER_CLOSED' } })
  }
  await expect(check(slice(WELL, 1))).rejects.toMatchObject({ code: 'VERIFIER_CLOSED' })
  expect(said).toEqual([])
})
