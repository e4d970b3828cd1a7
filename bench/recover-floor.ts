import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Keccak } from '../src/plasma/keccak.ts'
import { decodeSignedTransaction } from '../src/plasma/transaction.ts'
import { typedDataHasher } from '../src/plasma/typed-data.ts'
import type { Address } from '../src/plasma/units.ts'

const SIGNED_BYTES = 97

type Digests = { framework: Address; keccak: Keccak }

/** Seconds for recovering the first signer of each transaction on all cores, from digests that are there already. */
export async function recoverFloor(transactions: readonly Uint8Array[], digests: Digests): Promise<number> {
  const workers = await Promise.all(Array.from({ length: availableParallelism() }, startWorker))
  const signed = signedDigests(transactions, digests)
  const share = SIGNED_BYTES * Math.ceil(transactions.length / workers.length)
  const started = performance.now()
  await Promise.all(workers.map((worker, index) => work(worker, signed.slice(index * share, (index + 1) * share))))
  const took = performance.now() - started
  await Promise.all(workers.map((worker) => worker.terminate()))
  return took / 1_000
}

function signedDigests(transactions: readonly Uint8Array[], { framework, keccak }: Digests): Uint8Array {
  const hash = typedDataHasher(framework, keccak)
  const signed = new Uint8Array(SIGNED_BYTES * transactions.length)
  for (const [index, bytes] of transactions.entries()) {
    const decoded = decodeSignedTransaction(bytes)
    if (!decoded.ok) throw new Error(decoded.error)
    signed.set(hash(decoded.value.transaction), SIGNED_BYTES * index)
    signed.set(decoded.value.signatures[0] ?? new Uint8Array(0), SIGNED_BYTES * index + 32)
  }
  return signed
}

function startWorker(): Promise<Worker> {
  const worker = new Worker(new URL('./recover-worker.js', import.meta.url))
  return new Promise((resolve) => {
    worker.once('message', () => {
      resolve(worker)
    })
  })
}

function work(worker: Worker, signed: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    worker.once('message', () => {
      resolve()
    })
    worker.postMessage(signed)
  })
}
