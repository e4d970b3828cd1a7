// A thread of the operator of `sync`: makes every so many-th block of a chain, as the operator's answer will be.
import { parentPort, workerData } from 'node:worker_threads'
import { fromHex, toHex, type Hex } from '../src/lib/bytes.ts'
import { merkleRoot } from '../src/plasma/merkle.ts'
import { decodeSignedTransaction } from '../src/plasma/transaction.ts'
import type { Address, Hash } from '../src/plasma/units.ts'
import { loadTools } from '../src/verifier/tools.ts'
import { createPayer } from './payments.ts'

/** A chain of blocks as long as each other. Of its money there is one deposit. */
export type Chain = { framework: Address; key: Hex; money: string; blocks: number; size: number }
/** What one of several threads makes. */
export type Part = Chain & { index: number; of: number }
/** `at`: which block, counted from 0. */
export type MadeBlock = { at: number; root: Hash; answer: Uint8Array<ArrayBuffer> }

const OUTPUTS = 2

const { framework, key, money, blocks, size, index, of } = workerData as Part
const { keccak } = await loadTools('native')
const payer = createPayer({ framework, keccak, key: fromHex(key), money: BigInt(money) })

for (let at = 0; at < blocks; at++) {
  const blknum = BigInt(at + 1) * 1_000n
  if (at % of === index) hand({ at, ...served(blknum, payer.block(blknum, size, OUTPUTS)) })
  else payer.skip(blknum, size, OUTPUTS)
}

function served(blknum: bigint, transactions: readonly Uint8Array[]): Omit<MadeBlock, 'at'> {
  const root = merkleRoot(transactions.map(rawIn), keccak)
  const data = { blknum: Number(blknum), hash: root, transactions: transactions.map(toHex) }
  const answer = JSON.stringify({ version: '1.0.5', service_name: 'child_chain', success: true, data })
  return { root, answer: new TextEncoder().encode(answer) }
}

function rawIn(signed: Uint8Array): Uint8Array {
  const decoded = decodeSignedTransaction(signed, () => '0x' as never)
  if (!decoded.ok) throw new Error(decoded.error)
  return decoded.value.transaction.raw
}

function hand(block: MadeBlock): void {
  parentPort?.postMessage(block, [block.answer.buffer])
}
