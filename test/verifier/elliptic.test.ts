import { expect, test } from '@jest/globals'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { framework } from '../support/transactions.ts'

type Package = { name?: string; dev?: boolean; optional?: boolean }

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'))
}

test('a thread loads the C library, and no elliptic', async () => {
  const worker = new Worker(new URL('./listing-worker.mjs', import.meta.url), {
    workerData: { framework, library: 'native' },
  })
  const loaded: string[] = []
  while (loaded.length === 0) {
    const [message] = (await once(worker, 'message')) as [unknown]
    if (Array.isArray(message)) loaded.push(...(message as string[]))
  }
  await worker.terminate()

  expect(loaded.filter((path) => path.endsWith('node_modules/secp256k1/bindings.js'))).toHaveLength(1)
  expect(loaded.filter((path) => path.includes('elliptic'))).toEqual([])
})

test('what is installed to run the guard holds no elliptic: in its place stands an empty package', () => {
  const { packages } = readJson('package-lock.json') as { packages: Record<string, Package> }
  const names = Object.entries(packages)
    .filter(([, { dev }]) => !dev)
    .map(([path, { name }]) => ({ path, name: name ?? path.slice(path.lastIndexOf('node_modules/') + 13) }))

  expect(names.filter(({ name }) => name === 'secp256k1')).toHaveLength(1)
  expect(names.filter(({ name }) => name === 'elliptic')).toEqual([])
  expect(names.filter(({ path }) => path.endsWith('/elliptic'))).toEqual([
    { path: 'node_modules/secp256k1/node_modules/elliptic', name: 'empty-module' },
  ])
})

test('what stands in its place is installed, and is empty', () => {
  const folder = 'node_modules/secp256k1/node_modules/elliptic'

  expect(readJson(`${folder}/package.json`)).toMatchObject({ name: 'empty-module', version: '0.0.2' })
  expect(readFileSync(new URL(`../../${folder}/index.js`, import.meta.url), 'utf8')).toBe('module.exports = null\n')
})
