// Lets plain node run the sources, for tests of what happens when a whole process dies.
import { readFile } from 'node:fs/promises'
import { register } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'
import { transform } from '@swc/core'

if (isMainThread) register(import.meta.url)

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context)
  const options = { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'es6' }, swcrc: false }
  const { code } = await transform(await readFile(fileURLToPath(url), 'utf8'), options)
  return { format: 'module', source: code, shortCircuit: true }
}
