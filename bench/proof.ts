import { loadTools } from '../src/verifier/tools.ts'
import type { Bench } from './bench.ts'
import { percentile } from './bench.ts'
import { createMint } from './coins.ts'
import { openStore } from './store.ts'

const SIZES = [1_000, 16_000, 65_000] as const
const SAMPLES = 21

/** A proof from a store that was just opened. The floor is the same proof from the same open store once more. */
export const proof: Bench = async ({ print, tell }) => {
  const { keccak } = await loadTools('noble')
  const store = openStore()
  const mint = createMint(() => store.facts(), keccak)
  try {
    await mint.begin()
    for (const size of SIZES) {
      const blknum = await mint.block(size)
      tell(`a block of ${size} transactions`)
      const [cold, warm]: [number[], number[]] = [[], []]
      for (let sample = 0; sample < SAMPLES; sample++) {
        const place = { blknum, txIndex: Math.floor((sample * (size - 1)) / (SAMPLES - 1)) }
        store.close()
        store.open()
        cold.push(timeOf(() => store.facts().ledger.inclusionProof(place)))
        warm.push(timeOf(() => store.facts().ledger.inclusionProof(place)))
      }
      const [value, floor] = [percentile(cold, 0.5), percentile(warm, 0.5)]
      print({ metric: `coldProof.${size}.p50`, value, unit: 'ms', floor, ratio: value / floor })
      print({ metric: `coldProof.${size}.p99`, value: percentile(cold, 0.99), unit: 'ms' })
    }
  } finally {
    store.remove()
  }
}

function timeOf(work: () => unknown): number {
  const started = performance.now()
  if (!work()) throw new Error('no proof')
  return performance.now() - started
}
