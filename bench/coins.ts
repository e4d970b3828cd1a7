import { encodeUtxoPos } from '../src/plasma/position.ts'
import { encodePayment, encodeSigned } from '../src/plasma/encode-transaction.ts'
import { decodeSignedTransaction, decodeTransaction, type Output } from '../src/plasma/transaction.ts'
import type { RecoveredTransaction } from '../src/plasma/recovered-transaction.ts'
import { subtreeRoots, rootOfSubtrees, leafHash } from '../src/plasma/merkle.ts'
import type { Keccak } from '../src/plasma/keccak.ts'
import { ETH, type Address, type UtxoPos, type Wei } from '../src/plasma/units.ts'
import { giveWay } from '../src/watcher/give-way.ts'
import { createStory } from './store.ts'
import type { Facts } from '../src/watcher/facts.ts'

const OUTPUTS = 4
const LONGEST_BLOCK = 65_000
const SIGNATURE = new Uint8Array(65).fill(27)

/** As many accounts share the coins, evenly. */
export const HOLDERS = 1_000

export function holder(index: number): Address {
  return `0x${(index + 1).toString(16).padStart(40, '0')}` as Address
}

/**
 * Fills a ledger with blocks of payments that split money into ever more coins. Nobody checks them, so their signatures
 * are none: it is the store that is to be large.
 */
export function createMint(facts: () => Facts, keccak: Keccak) {
  const story = createStory(facts)
  const unspent: UtxoPos[] = []
  const split = createSplits()
  let blknum = 0n

  /** A block of as many payments; its number. */
  async function block(size: number): Promise<bigint> {
    blknum += 1_000n
    const transactions = Array.from({ length: size }, (_, txIndex) => {
      const transaction = split(unspent.pop() as UtxoPos)
      for (let outputIndex = 0; outputIndex < OUTPUTS; outputIndex++) {
        unspent.push(encodeUtxoPos({ blknum, txIndex, outputIndex }))
      }
      return transaction
    })
    const leaves = transactions.map(({ transaction }) => leafHash(transaction.raw, keccak))
    const nodes = subtreeRoots(leaves, keccak)
    const announced = await story.submit(blknum, rootOfSubtrees(nodes, keccak))
    await facts().write(async (draft) => {
      for (const [txIndex, transaction] of transactions.entries()) {
        draft.transaction({ blknum, txIndex }, transaction)
        if (txIndex % 1_000 === 0) await giveWay()
      }
      draft.block(announced, { transactions: size, nodes })
    })
    return blknum
  }

  return {
    story,
    block,
    /** Blocks until there are as many unspent outputs. */
    grow: async (size: number, tell: (text: string) => void) => {
      while (unspent.length < size) {
        await block(Math.min(LONGEST_BLOCK, Math.ceil((size - unspent.length) / (OUTPUTS - 1))))
        tell(`${unspent.length} unspent outputs`)
      }
    },
    begin: async () => {
      const output: Output = { outputType: 1, owner: holder(0), currency: ETH, amount: 1n as Wei }
      await story.deposit(1n, output)
      unspent.push(encodeUtxoPos({ blknum: 1n, txIndex: 0, outputIndex: 0 }))
    },
    /** Every transaction of the ledger, decoded. */
    raw: (place: { blknum: bigint; txIndex: number }) => {
      const raw = facts().ledger.rawTransaction(place)
      const decoded = raw && decodeTransaction(raw)
      if (!decoded?.ok) throw new Error('no such transaction')
      return decoded.value
    },
  }
}

/** Each gives a coin to the next of the holders. */
function createSplits(): (utxoPos: UtxoPos) => RecoveredTransaction {
  let made = 0
  return (utxoPos) => {
    const outputs = Array.from({ length: OUTPUTS }, (): Output => {
      const owner = holder(made++ % HOLDERS)
      return { outputType: 1, owner, currency: ETH, amount: 1n as Wei }
    })
    const raw = encodePayment({ inputs: [utxoPos], outputs })
    const decoded = decodeSignedTransaction(encodeSigned(raw, [SIGNATURE]), () => '0x' as never)
    if (!decoded.ok) throw new Error(decoded.error)
    return { ...decoded.value, signers: [] }
  }
}
