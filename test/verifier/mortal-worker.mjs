// A thread that answers how many transactions it was given, and dies over some: what is to happen stands in the first
// byte of a slice, how often it has happened in a memory that all threads share.
import { parentPort, workerData } from 'node:worker_threads'

const deaths = new Int32Array(workerData.deaths)

function dieOnce(kind, times, die) {
  if (Atomics.add(deaths, kind, 1) < times) die()
}

function explode() {
  throw new Error('the thread broke')
}

if (workerData.stillborn) explode()

parentPort.on('message', ({ bytes, lengths }) => {
  if (bytes[0] === 1) dieOnce(1, 1, explode)
  if (bytes[0] === 2) dieOnce(2, 1, () => process.exit(3))
  if (bytes[0] === 3) explode()
  if (bytes[0] === 4) return
  parentPort.postMessage({ ok: false, error: 'malformed_transaction', txIndex: lengths.length })
})
parentPort.postMessage('ready')
