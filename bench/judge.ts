import type { ExitGameEvent } from '../src/exit-game/contract-event.ts'
import { inFlightExitId, standardExitId } from '../src/exit-game/exit-id.ts'
import { emptyGame, foldGame } from '../src/exit-game/exit-game.ts'
import { judge as judgeAll } from '../src/exit-game/judge.ts'
import type { JudgeTime } from '../src/exit-game/judge-time.ts'
import { decodeUtxoPos, encodeUtxoPos } from '../src/plasma/position.ts'
import type { Seconds, Timestamp, UtxoPos } from '../src/plasma/units.ts'
import { loadTools } from '../src/verifier/tools.ts'
import { createEvidence } from '../src/watcher/evidence.ts'
import type { Bench } from './bench.ts'
import { percentile } from './bench.ts'
import { createMint, holder } from './coins.ts'
import { framework, openStore } from './store.ts'

const SIZES = [
  { standard: 1_000, inFlight: 100 },
  { standard: 10_000, inFlight: 1_000 },
  { standard: 30_000, inFlight: 3_000 },
] as const
const BLOCK = 20_000
const SAMPLES = 11

/**
 * Judging every exit at a new head, at which nothing else is new; and at one with a new child block, when every question
 * is asked of the store again.
 */
export const judge: Bench = async ({ print, tell }) => {
  const tools = await loadTools('native')
  const recovery = { framework, ...tools }
  const store = openStore()
  const mint = createMint(() => store.facts(), tools.keccak)
  try {
    await mint.begin()
    const exits = createExits(mint, { first: await mint.block(BLOCK), second: await mint.block(BLOCK) })
    for (const { standard, inFlight } of SIZES) {
      const events = [...exits.standard(standard), ...exits.inFlight(inFlight)]
      const folding = performance.now()
      const game = foldGame(emptyGame(recovery), events)
      const size = `${standard}+${inFlight}`
      print({ metric: `fold.${size}`, value: performance.now() - folding, unit: 'ms' })
      tell(`${size} exits are open`)
      const [asked, known]: [number[], number[]] = [[], []]
      for (let sample = 0; sample < SAMPLES; sample++) {
        const evidence = createEvidence(store.facts(), recovery)
        asked.push(timeOf(() => judgeAll(game, evidence, timeAt(sample))))
        known.push(timeOf(() => judgeAll(game, evidence, timeAt(sample))))
      }
      print({ metric: `newHead.${size}.p50`, value: percentile(known, 0.5), unit: 'ms' })
      print({ metric: `newHeadAndBlock.${size}.p50`, value: percentile(asked, 0.5), unit: 'ms' })
      print({ metric: `newHeadAndBlock.${size}.p99`, value: percentile(asked, 0.99), unit: 'ms' })
    }
  } finally {
    store.remove()
  }
}

/** Exits as their events tell of them, from two blocks. */
function createExits(
  { story, raw }: Pick<ReturnType<typeof createMint>, 'story' | 'raw'>,
  { first, second }: { first: bigint; second: bigint },
) {
  const creating = (utxoPos: UtxoPos) => raw(decodeUtxoPos(utxoPos)).raw
  return {
    /** Of coins of the second block, which nobody has spent. */
    standard: (count: number) =>
      Array.from({ length: count }, (_, index): ExitGameEvent => {
        const utxoPos = coin(second, index)
        const outputTx = creating(utxoPos)
        const exitId = standardExitId(outputTx, utxoPos)
        const owner = holder(0)
        return { ...story.place(), type: 'ExitStarted', exitId, owner, utxoPos, outputTx, exitable: true }
      }),
    /** Of transactions of the first block. */
    inFlight: (count: number) =>
      Array.from({ length: count }, (_, txIndex): ExitGameEvent => {
        const spending = raw({ blknum: first, txIndex: BLOCK - 1 - txIndex })
        return {
          ...story.place(),
          type: 'InFlightExitStarted',
          exitId: inFlightExitId(spending.raw),
          txHash: spending.txHash,
          initiator: holder(1),
          inFlightTx: spending.raw,
          signatures: [new Uint8Array(65).fill(27)],
          inputTxs: spending.inputs.map(creating),
          inputUtxosPos: spending.inputs,
          contractTimestamp: 1n as Timestamp,
        }
      }),
  }
}

function coin(blknum: bigint, index: number): UtxoPos {
  return encodeUtxoPos({ blknum, txIndex: index >> 2, outputIndex: index & 3 })
}

function timeAt(sample: number): JudgeTime {
  const now = (1_600_000_000n + BigInt(sample) * 15n) as Timestamp
  return { now, ethHeight: 1n, slaMarginBlocks: 5_520n, minExitPeriod: 604_800n as Seconds }
}

function timeOf(work: () => unknown): number {
  const started = performance.now()
  work()
  return performance.now() - started
}
