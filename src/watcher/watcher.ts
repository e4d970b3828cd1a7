import { GuardError } from '../lib/errors.ts'
import { createBackground } from './background.ts'
import { createBoard, type Board, type Listener } from './board.ts'
import { createBothChains, type BothChains, type ChainConfig, type ChainPorts } from './both-chains.ts'
import { createEyes, type Eyes } from './eyes.ts'
import { follow, type Pace } from './follow.ts'
import { createListeners } from './listeners.ts'
import type { DeepReorganisation } from './root-chain-sync.ts'
import type { Notice } from './root-chain.ts'
import type { Snapshot } from './snapshot.ts'
import type { Sight } from './take-snapshot.ts'

export type WatcherPorts = ChainPorts & { sleep: (ms: number, signal: AbortSignal) => Promise<void> }

export type WatcherConfig = ChainConfig & { pace?: Pace }

/**
 * Why a watcher cannot be asked, by the name of elixir-omg's alarm: it has not caught up since it was started, its node
 * does not answer, or it stumbles over the child chain at every step.
 */
type Blindness = 'boot_in_progress' | 'ethereum_connection_error' | 'main_supervisor_halted'

export type Watcher = {
  /**
   * Follows both chains until aborted. What fails is tried again.
   *
   * @throws a fatal {@link GuardError} when what is known can no longer be kept.
   */
  run: (signal: AbortSignal) => Promise<void>
  /** What is true now, undefined while the watcher is blind. */
  snapshot: () => Snapshot | undefined
  blindness: () => Blindness | undefined
  /** Has the listener hear of every head, and of what is learnt between two heads. */
  onHead: (listener: Listener) => void
  /** Has the listener hear of what the contracts say beside exits and blocks, at least once. */
  onNotice: (listener: (notice: Notice) => void) => void
  /** Has the listener hear when the root chain takes back what was supposed to stay. */
  onDeepReorganisation: (listener: (deep: DeepReorganisation) => void) => void
}

/** As many looks at the child chain in a row must fail. */
const LOST_AFTER = 10
const PACE: Pace = { intervalMs: 2_000, longestMs: 30_000 }

/**
 * A verifying watcher: follows the root chain and, checking every block, the child chain, and judges at every head. It
 * may be started before its node and its operator are up, and outlives their outages.
 */
export function createWatcher(ports: WatcherPorts, config: WatcherConfig): Watcher {
  const board = createBoard(ports.log)
  const [noticed, tookBack] = [createListeners<Notice>(), createListeners<DeepReorganisation>()]
  const eyes = createEyes(ports.rootChain)
  const broken = new AbortController()
  let stop = AbortSignal.abort()
  const looking = createBackground(
    () => look(stop),
    (error) => {
      if (isFatal(error)) broken.abort(error)
      else ports.log.error({ err: error }, 'child chain could not be followed')
    },
  )
  const chains = createBothChains(ports, config, looking.ask)
  const look = createLook({ chains, board, eyes })

  const isLost = () => looking.failures() >= LOST_AFTER
  async function poll(): Promise<void> {
    try {
      await eyes.look(async () => {
        const { head, complete, notices, deep } = await chains.read()
        notices.forEach(noticed.tell)
        if (deep) tookBack.tell(deep)
        chains.want(head.timestamp)
        return { head, complete: complete || stop.aborted }
      })
      looking.ask()
    } catch (error) {
      if (isFatal(error)) broken.abort(error)
      throw error
    }
  }

  return {
    run: async (signal) => {
      stop = AbortSignal.any([signal, broken.signal])
      await follow({ ...ports, poll }, config.pace ?? PACE, stop)
      chains.stop()
      await looking.idle()
      if (broken.signal.aborted) throw broken.signal.reason
    },
    snapshot: () => (eyes.areShut() || isLost() ? undefined : board.latest()),
    blindness: () => {
      if (eyes.areShut()) return 'ethereum_connection_error'
      if (isLost()) return 'main_supervisor_halted'
      return board.latest() ? undefined : 'boot_in_progress'
    },
    onHead: board.onHead,
    onNotice: noticed.add,
    onDeepReorganisation: tookBack.add,
  }
}

type Looking = { chains: BothChains; board: Board; eyes: Eyes }

/** Applies what can be applied, and judges: at the end, and in between whenever there is a new head. */
function createLook({ chains, board, eyes }: Looking): (signal: AbortSignal) => Promise<void> {
  let judged: Sight | undefined

  /** Until the chains are caught up with, first of all or after a rebuild, nothing is said: half a past would be judged. */
  function judge(signal: AbortSignal): void {
    const sight = eyes.sight()
    if (!sight || !chains.hasCaughtUp() || signal.aborted) return
    judged = sight
    board.publish(chains.judge(sight))
  }

  return async (signal) => {
    await chains.catchUp(signal, () => {
      if (eyes.sight() !== judged) judge(signal)
    })
    judge(signal)
  }
}

function isFatal(error: unknown): boolean {
  return error instanceof GuardError && error.fatal
}
