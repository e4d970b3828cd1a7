import type { Outcome } from '../lib/outcome.ts'
import type { Address } from '../plasma/units.ts'
import type { AccountQueue } from './account-queue.ts'
import type { Book } from './book.ts'
import type { Account } from './chain-access.ts'
import type { Policy, Ports } from './ports.ts'

/** How an intent under way came off. */
export type Ending =
  /** The chain shows it with all confirmations. */
  | { end: 'success'; outcome: Outcome }
  /** Mined with all confirmations, and undone by the contract. */
  | { end: 'reverted' }
  /** Its nonce went to a transaction that is none of ours, or to one of ours that came before it. */
  | { end: 'lost' | 'displaced' }
  /** There was nothing left to do, and it was withdrawn. */
  | { end: 'settled'; outcome: Outcome }

/** What is remembered of a transaction in this life of the process, in root chain heights. */
export type Memory = {
  /** When it was last given to a node. */
  pushedAt?: bigint
  /** Since when its nonce is used by a transaction that is none of its versions. */
  missingSince?: bigint
  /** When its receipt was last looked at. */
  checkedAt?: bigint
  /** How many eighths more the next replacement pays. */
  eighths: bigint
}

/** What sending works with. */
export type Desk = {
  ports: Ports
  policy: Policy
  book: Book
  enqueue: AccountQueue
  memory: (key: string) => Memory
  remember: (key: string, memory: Memory) => void
  /** Asks the contract's state; undefined as well when nobody is at hand who knows how. */
  settled: (key: string) => Promise<Outcome | undefined>
  /** Tells whoever waits for an intent how it came off; an intent that nobody waits for is pursued again. */
  finish: (key: string, ending: Ending) => void
  /** It needs no more attention. */
  forget: (key: string) => void
}

/** The key of an account; undefined when the configuration no longer has it. */
export function accountOf({ ports }: Desk, address: Address): Account | undefined {
  return ports.accounts.find((account) => account.address === address)
}
