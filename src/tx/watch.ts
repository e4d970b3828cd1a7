import { GuardError } from '../lib/errors.ts'
import { createOnce } from '../lib/once.ts'
import type { Address } from '../plasma/units.ts'
import type { Desk } from './desk.ts'
import { isUnderWay } from './record.ts'

type Watching = {
  signal: AbortSignal
  look: (desk: Desk, account: Address) => Promise<void>
  /** What no repetition changes. */
  failed: (error: unknown) => void
}

/**
 * Looks after what is under way, account by account, until all of it is final or `signal` aborts. A node that fails is
 * asked again, and so is a signer that cannot be trusted: what was signed before may still be mined. `wake` begins it;
 * awake it stays.
 */
export function createWatch(desk: Desk, { signal, look, failed }: Watching): { wake: () => void } {
  let isAwake = false
  const isNew = createOnce()
  const { ports, policy, book } = desk
  const lookOnce = async (account: Address) => {
    try {
      await desk.enqueue(account, () => look(desk, account))
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof GuardError) || error.fatal) throw error
      const level = !error.retryable && isNew(`${account} ${error.code}`) ? 'error' : 'debug'
      ports.log[level]({ err: error, account }, 'could not look after transactions, will try again')
    }
  }
  const run = async () => {
    for (let busy = busyAccounts(book); busy.length > 0 && !signal.aborted; busy = busyAccounts(book)) {
      await Promise.all(busy.map(lookOnce))
      await ports.sleep(policy.pollMs, signal)
    }
    // In the same turn as the last look at the book: nobody may believe it awake any more.
    isAwake = false
  }
  return {
    wake: () => {
      if (isAwake) return
      isAwake = true
      run().catch((error: unknown) => {
        isAwake = false
        ports.log.error({ err: error }, 'transactions can no longer be followed')
        failed(error)
      })
    },
  }
}

function busyAccounts(book: Desk['book']): Address[] {
  const accounts = book
    .open()
    .filter(isUnderWay)
    .map(({ slot }) => slot.account)
  return [...new Set(accounts)]
}
