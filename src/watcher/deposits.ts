import type { Logger } from '../lib/logger.ts'
import type { Ledger } from '../plasma/ledger.ts'
import { depositTransaction } from '../plasma/transaction.ts'
import type { Timestamp } from '../plasma/units.ts'
import type { Facts } from './facts.ts'

export type Deposits = {
  /** Takes in every deposit that was read since. */
  take: () => void
  /** When a deposit was made. */
  timeOf: (blknum: bigint) => Timestamp | undefined
}

/**
 * Brings deposits into the ledger, ahead of everything else: no block may spend one that was made after it, and no
 * halt of the child chain holds one up.
 */
export function createDeposits({ facts, ledger, log }: { facts: Facts; ledger: Ledger; log: Logger }): Deposits {
  const times = new Map<bigint, Timestamp>()
  let at = 0
  return {
    timeOf: (blknum) => times.get(blknum),
    take: () => {
      const events = facts.events()
      for (let event = events[at]; event; event = events[++at]) {
        if (event.type !== 'DepositCreated') continue
        times.set(event.blknum, event.timestamp)
        try {
          const { depositor, token, amount } = event
          ledger.deposit(event.blknum, depositTransaction({ owner: depositor, currency: token, amount }))
        } catch (error) {
          log.error({ err: error, blknum: event.blknum }, 'deposit cannot be read')
        }
      }
    },
  }
}
