import type { Timestamp } from '../plasma/units.ts'
import type { Desk } from './desk.ts'
import { isFiller } from './filler.ts'
import type { Placed } from './intent.ts'
import type { Sight } from './line.ts'
import { moved, newest } from './record.ts'

/** Gives the newest version of what holds a nonce to a node. */
export async function push(desk: Desk, record: Placed, { head }: Sight): Promise<void> {
  const { key, slot } = record
  const memory = desk.memory(key)
  // First remembered, then done: a node that fails at every broadcast must not raise the price at every look.
  desk.remember(key, { ...memory, pushedAt: head.number })
  const own = desk.book.versions(slot).filter((version) => version.key === key)
  const reception = await desk.ports.chain.broadcast(newest(own, key).raw)
  if (reception.ok) return announce(desk, record, head.timestamp)
  desk.ports.log.debug({ key, why: reception.why }, 'node did not take the transaction again')
  // Its pool has a dearer one for the nonce, or asks for more than an eighth.
  if (reception.why === 'nonce_taken') desk.remember(key, { ...desk.memory(key), eighths: 2n * memory.eighths })
}

/** Notes that a node has the transaction, and says so once. */
export async function announce({ book, ports: { log } }: Desk, record: Placed, at: Timestamp): Promise<void> {
  if (record.state !== 'signed') return
  const { purpose, key, slot } = record
  const own = book.versions(slot).filter((version) => version.key === key)
  const { txHash } = newest(own, key)
  await book.commit([moved(record, 'sent', { at, reason: `a node took ${txHash}` })])
  log.info({ purpose, key, txHash, nonce: slot.nonce }, isFiller(record) ? 'nonce filled' : 'transaction sent')
}
