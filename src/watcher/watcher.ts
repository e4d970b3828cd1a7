import { createBoard, type Listener } from './board.ts'
import { createBothChains, type BothChains, type ChainConfig, type ChainPorts } from './both-chains.ts'
import { follow, type Pace } from './follow.ts'
import type { Head, RootChain } from './root-chain.ts'
import type { Milestone, Snapshot } from './snapshot.ts'
import type { Sight } from './take-snapshot.ts'

export type WatcherPorts = ChainPorts & { sleep: (ms: number, signal: AbortSignal) => Promise<void> }

export type WatcherConfig = ChainConfig & { pace?: Pace }

/** Why a watcher cannot be asked: it has not caught up since it was started, or its node does not answer. */
type Blindness = 'boot_in_progress' | 'ethereum_connection_error'

export type Watcher = {
  /** Follows both chains until aborted. What fails is tried again. */
  run: (signal: AbortSignal) => Promise<void>
  /** What is true now, undefined while the watcher is blind. */
  snapshot: () => Snapshot | undefined
  blindness: () => Blindness | undefined
  /** Has the listener hear of every head, and of what is learnt between two heads. */
  onHead: (listener: Listener) => void
}

const PACE: Pace = { intervalMs: 2_000, longestMs: 30_000 }
/** As many polls in a row must fail before the watcher calls itself blind. */
const BLIND_AFTER = 3
const CHILD_BLOCK_INTERVAL = 1_000n

/**
 * A verifying watcher: follows the root chain and, checking every block, the child chain, and judges at every head. It
 * may be started before its node and its operator are up, and outlives their outages.
 */
export function createWatcher(ports: WatcherPorts, config: WatcherConfig): Watcher {
  const { rootChain, log, sleep } = ports
  const board = createBoard(log)
  let failures = 0
  let sight: Sight | undefined
  let stop = AbortSignal.abort()
  const look = oneAtATime(
    async () => {
      await chains.catchUp(stop)
      const ready = board.latest() !== undefined || chains.isCaughtUp()
      if (sight && ready && !stop.aborted) board.publish(chains.judge(sight))
    },
    (error) => {
      log.error({ err: error }, 'child chain could not be followed')
    },
  )
  const chains: BothChains = createBothChains(ports, config, look)

  async function poll(): Promise<void> {
    try {
      const head = await readOn()
      sight = sight?.head.hash === head.hash ? sight : { head, mined: await readMined(rootChain) }
      failures = 0
    } catch (error) {
      failures++
      throw error
    }
    look()
  }

  /** Between two ranges of one reading, half a past is known: nothing is judged then. */
  async function readOn(): Promise<Head> {
    for (;;) {
      const { head, complete } = await chains.read()
      chains.want(head.timestamp)
      if (complete || stop.aborted) return head
      sight = undefined
    }
  }

  return {
    run: async (signal) => {
      stop = signal
      await follow({ poll, sleep, log }, config.pace ?? PACE, signal)
      chains.stop()
    },
    snapshot: () => (failures >= BLIND_AFTER ? undefined : board.latest()),
    blindness: () => {
      if (failures >= BLIND_AFTER) return 'ethereum_connection_error'
      return board.latest() ? undefined : 'boot_in_progress'
    },
    onHead: board.onHead,
  }
}

async function readMined(rootChain: RootChain): Promise<Milestone | undefined> {
  const blknum = (await rootChain.nextChildBlock()) - CHILD_BLOCK_INTERVAL
  const submitted = blknum > 0n ? await rootChain.submittedBlock(blknum) : undefined
  return submitted && { blknum, timestamp: submitted.timestamp }
}

/** Runs work in the background, never twice at once; asked while it runs, it runs once more. */
function oneAtATime(work: () => Promise<void>, failed: (error: unknown) => void): () => void {
  const state = { running: false, asked: false }
  async function run(): Promise<void> {
    state.running = true
    while (state.asked) {
      state.asked = false
      await work().catch(failed)
    }
    state.running = false
  }
  return () => {
    state.asked = true
    if (!state.running) void run()
  }
}
