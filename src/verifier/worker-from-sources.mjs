// Starts worker.ts where nothing was built, as in tests: Node 20 reads no TypeScript. dist/ has no such file.
import { readFile } from 'node:fs/promises'
import { register } from 'node:module'
import { fileURLToPath } from 'node:url'

const AS_HOOKS = '?hooks'

if (!import.meta.url.endsWith(AS_HOOKS)) {
  register(import.meta.url + AS_HOOKS)
  await import('./worker.ts')
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context)
  const { transform } = await import('@swc/core')
  const options = { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'es6' }, swcrc: false }
  const { code } = await transform(await readFile(fileURLToPath(url), 'utf8'), options)
  return { format: 'module', source: code, shortCircuit: true }
}
