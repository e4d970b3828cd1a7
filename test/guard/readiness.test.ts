import { expect, test } from '@jest/globals'
import { createUnreadiness } from '../../src/guard/readiness.ts'

const well = {
  sights: [{ name: 'watcher', blindness: () => undefined }],
  canPay: async () => true,
  isPaused: () => false,
}

test('a guard that sees, can pay and is not paused is ready', async () => {
  expect(await createUnreadiness(well)()).toEqual([])
})

test.each([
  ['sees nothing in one of its ways', { sights: [...well.sights, { name: 'own', blindness: () => 'boot' }] }, 'own'],
  ['cannot pay', { canPay: async () => false }, 'cannot pay'],
  ['does not know whether it can pay', { canPay: () => Promise.reject(new Error('node')) }, 'cannot pay'],
  ['is paused', { isPaused: () => true }, 'paused'],
])('a guard that %s is not', async (_, trouble, because) => {
  const said = await createUnreadiness({ ...well, ...trouble })()
  expect(said).toHaveLength(1)
  expect(said[0]).toContain(because)
})
