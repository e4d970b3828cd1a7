// The floor of checking blocks: nothing but the recovery of signers, as bare as the C library's binding lets one.
import { createRequire } from 'node:module'
import { parentPort } from 'node:worker_threads'

type Recovering = {
  ecdsaRecover: (
    ...call: [signature: Uint8Array, recoveryId: number, digest: Uint8Array, compressed: boolean, output: Uint8Array]
  ) => Uint8Array
}

const { ecdsaRecover } = createRequire(import.meta.url)('secp256k1/bindings') as Recovering
const publicKey = new Uint8Array(65)

/** 32 bytes of digest and 65 of signature each. */
parentPort?.on('message', (signed: Uint8Array) => {
  for (let at = 0; at < signed.length; at += 97) {
    const recoveryId = (signed[at + 96] ?? 27) - 27
    ecdsaRecover(signed.subarray(at + 32, at + 96), recoveryId, signed.subarray(at, at + 32), false, publicKey)
  }
  parentPort?.postMessage('done')
})
parentPort?.postMessage('ready')
