import type { Logger } from '../lib/logger.ts'
import { conditionName, createFindingsLog } from './findings.ts'
import type { Snapshot } from './snapshot.ts'

export type Listener = (snapshot: Snapshot) => void

export type Board = {
  latest: () => Snapshot | undefined
  /** Puts up a snapshot; whoever listens hears of it when it says something new. */
  publish: (snapshot: Snapshot) => void
  onHead: (listener: Listener) => void
}

/** Where the latest snapshot hangs for everybody to see. */
export function createBoard(log: Logger): Board {
  const listeners: Listener[] = []
  const logFindings = createFindingsLog(log)
  const unreadable = new Set<string>()
  let latest: Snapshot | undefined
  let said: string | undefined

  function logUnreadable(snapshot: Snapshot): void {
    for (const { blockNumber, txHash, what } of snapshot.unreadable) {
      const name = `${txHash} ${what}`
      if (unreadable.has(name)) continue
      unreadable.add(name)
      log.error({ blockNumber, txHash, what }, 'root chain log cannot be read')
    }
  }

  return {
    latest: () => latest,
    publish: (snapshot) => {
      latest = snapshot
      const saying = contentOf(snapshot)
      if (saying === said) return
      said = saying
      logFindings(snapshot.conditions)
      logUnreadable(snapshot)
      for (const listener of listeners) {
        try {
          listener(snapshot)
        } catch (error) {
          log.error({ err: error }, 'listener to heads failed')
        }
      }
    },
    onHead: (listener) => {
      listeners.push(listener)
    },
  }
}

function contentOf({ head, foldedTo, childChain, conditions }: Snapshot): string {
  const names = conditions.map((condition) => `${conditionName(condition)} ${spendOf(condition)}`)
  return [head.hash, foldedTo, childChain.validated?.blknum, childChain.appliedTo, ...names].join('\n')
}

/** A spend that becomes known makes the same condition answerable. */
function spendOf(condition: Snapshot['conditions'][number]): string {
  return ('spendingTxHash' in condition && condition.spendingTxHash) || ''
}
