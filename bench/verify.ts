import { merkleRoot } from '../src/plasma/merkle.ts'
import { decodeSignedTransaction } from '../src/plasma/transaction.ts'
import { silentLogger } from '../src/lib/logger.ts'
import { createVerifier } from '../src/verifier/verifier.ts'
import { applyBlock } from '../src/watcher/apply-block.ts'
import type { ServedBlock } from '../src/watcher/operator.ts'
import type { Bench } from './bench.ts'
import { createPayer } from './payments.ts'
import { recoverFloor } from './recover-floor.ts'
import { createStory, framework, openStore } from './store.ts'

const SIZES = [1_000, 16_000, 65_000] as const
const BLOCKS = 3
const SPREAD = 65_000

/** From a block's signed bytes to the ledger on the disk; the floor is nothing but the recovery of its signers. */
export const verify: Bench = async ({ print, tell }) => {
  const verifier = await createVerifier({ framework, log: silentLogger })
  const { keccak } = verifier.recovery
  const store = openStore()
  const story = createStory(store.facts)
  const payer = createPayer({ framework, keccak })
  let blknum = 0n

  function next(size: number, outputs: number): ServedBlock {
    blknum += 1_000n
    const transactions = payer.block(blknum, size, outputs)
    const raws = transactions.map((bytes) => {
      const decoded = decodeSignedTransaction(bytes, () => '0x' as never)
      if (!decoded.ok) throw new Error(decoded.error)
      return decoded.value.transaction.raw
    })
    return { hash: merkleRoot(raws, keccak), blknum, transactions }
  }

  async function apply(served: ServedBlock): Promise<number> {
    const announced = await story.submit(served.blknum, served.hash)
    const started = performance.now()
    const checked = await verifier.check(announced, served)
    if (!checked.ok) throw new Error(checked.finding.errorType)
    const finding = await applyBlock(store.facts(), announced, checked.block)
    if (finding) throw new Error(finding.reason)
    return (performance.now() - started) / 1_000
  }

  try {
    await story.deposit(payer.deposit.blknum, payer.deposit.output)
    await apply(next(SPREAD, 4))
    tell(`${payer.coins()} outputs to spend`)
    for (const size of SIZES) {
      let [seconds, floor] = [0, 0]
      for (let block = 0; block < BLOCKS; block++) {
        const served = next(size, 2)
        seconds += await apply(served)
        floor += await recoverFloor(served.transactions, { framework, keccak })
        tell(`block ${block + 1} of ${BLOCKS} with ${size} payments`)
      }
      const [value, least] = [(BLOCKS * size) / seconds, (BLOCKS * size) / floor]
      print({ metric: `txPerSecond.${size}`, value, unit: 'tx/s', floor: least, ratio: value / least })
    }
  } finally {
    await verifier.close()
    store.remove()
  }
}
