// A thread of the verifier: checks one slice after the other, and answers in the same order.
import { parentPort, workerData, type Transferable } from 'node:worker_threads'
import { sliceChecker, type CheckedSlice } from '../plasma/block-slice.ts'
import type { Address } from '../plasma/units.ts'
import { READY, unpack, type Message } from './message.ts'
import { loadTools, type Library } from './tools.ts'

/** What a thread is started with. */
export type ThreadConfig = { framework: Address; library: Library }

const { framework, library } = workerData as ThreadConfig
const check = sliceChecker({ framework, ...(await loadTools(library)) })

parentPort?.on('message', (message: Message) => {
  const checked = check(unpack(message))
  parentPort?.postMessage(checked, handedOver(checked))
})
parentPort?.postMessage(READY)

function handedOver(checked: CheckedSlice): Transferable[] {
  if (!checked.ok) return []
  const { hashes, signers, nodes } = checked.columns
  return [hashes.buffer, signers.buffer, nodes.buffer] as Transferable[]
}
