// A thread of the verifier that tells which CommonJS modules it has loaded once it is ready to work.
import { createRequire } from 'node:module'
import { parentPort } from 'node:worker_threads'

await import('../../src/verifier/worker-from-sources.mjs')
parentPort.postMessage(Object.keys(createRequire(import.meta.url).cache))
