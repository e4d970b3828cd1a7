import { merkleRoot } from '../src/plasma/merkle.ts'
import { decodeSignedTransaction } from '../src/plasma/transaction.ts'
import { silentLogger } from '../src/lib/logger.ts'
import { createVerifier, type Verifier } from '../src/verifier/verifier.ts'
import { applyBlock } from '../src/watcher/apply-block.ts'
import type { Announced, Facts } from '../src/watcher/facts.ts'
import type { ServedBlock } from '../src/watcher/operator.ts'
import type { Bench } from './bench.ts'
import { createPayer } from './payments.ts'
import { recoverFloor } from './recover-floor.ts'
import { createStory, framework, openStore } from './store.ts'

const SIZES = [1_000, 16_000, 65_000] as const
const BLOCKS = 4
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

  const apply = (blocks: readonly ServedBlock[]) => applyAll({ facts: store.facts, story, verifier }, blocks)

  try {
    await story.deposit(payer.deposit.blknum, payer.deposit.output)
    await apply([next(SPREAD, 4)])
    tell(`${payer.coins()} outputs to spend`)
    for (const size of SIZES) {
      const blocks = Array.from({ length: BLOCKS }, () => next(size, 2))
      tell(`${BLOCKS} blocks of ${size} payments are made`)
      const seconds = await apply(blocks)
      let floor = 0
      for (const { transactions } of blocks) floor += await recoverFloor(transactions, { framework, keccak })
      const [value, least] = [(BLOCKS * size) / seconds, (BLOCKS * size) / floor]
      print({ metric: `txPerSecond.${size}`, value, unit: 'tx/s', floor: least, ratio: value / least })
    }
  } finally {
    await verifier.close()
    store.remove()
  }
}

type Parts = {
  facts: () => Facts
  story: ReturnType<typeof createStory>
  verifier: Pick<Verifier, 'check'>
}

/** As the watcher does it: while one block is written, the next one is checked. Seconds for all of them. */
async function applyAll({ facts, story, verifier }: Parts, blocks: readonly ServedBlock[]): Promise<number> {
  const announced: Announced[] = []
  for (const { blknum: number, hash } of blocks) announced.push(await story.submit(number, hash))
  const check = (index: number) => {
    const [wanted, served] = [announced[index], blocks[index]]
    return wanted && served && verifier.check(wanted, served)
  }
  const started = performance.now()
  let checking = check(0)
  for (const [index, each] of announced.entries()) {
    const checked = await checking
    checking = check(index + 1)
    if (!checked?.ok) throw new Error('a block is not valid')
    const finding = await applyBlock(facts(), each, checked.block)
    if (finding) throw new Error(finding.reason)
  }
  return (performance.now() - started) / 1_000
}
