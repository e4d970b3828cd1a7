import type { Address } from '../plasma/units.ts'
import type { PricedBlock } from './chain-access.ts'
import type { Desk } from './desk.ts'
import { ceilingOf, isPressed, pressureOf } from './fee-curve.ts'
import type { IntentRecord, Placed, Version } from './intent.ts'
import type { Candidate, Place } from './nonce-line.ts'
import { newest } from './record.ts'

/** What the chain says of an account at one moment. */
export type Sight = { head: PricedBlock; mined: number; known: number }

/** A transaction of ours that waits for its block. */
export type Held = Place & { record: Placed; newest: Version; pressure: bigint }

export async function seeAccount({ ports: { chain } }: Desk, account: Address): Promise<Sight> {
  const [head, nonces] = await Promise.all([chain.head(), chain.nonces(account)])
  return { head, ...nonces }
}

/** Those of an account that are not mined, by nonce. */
export function lineOf(desk: Desk, account: Address, { head, mined }: Sight): Held[] {
  return desk.book
    .placed(account)
    .filter(({ state, slot }) => state !== 'mined' && slot.nonce >= mined)
    .map((record) => heldOf(desk, record, head))
}

function heldOf(desk: Desk, record: Placed, head: PricedBlock): Held {
  const last = newest(desk.book.versions(record.slot), record.key)
  const { nonce, gas } = record.slot
  return { ...candidateOf(desk, { record, gas, head }), record, newest: last, nonce, paid: last.maxFeePerGas }
}

/** An intent as it stands in line, or would. */
export function candidateOf(
  { policy }: Pick<Desk, 'policy'>,
  {
    record,
    gas,
    head,
  }: { record: Pick<IntentRecord, 'createdAt' | 'deadline' | 'stake' | 'own'>; gas: bigint; head: PricedBlock },
): Candidate & { pressure: bigint } {
  const { deadline, stake } = record
  const pressure = pressureOf(record, head.timestamp)
  return {
    urgency: { ...(deadline === undefined ? {} : { deadline }), ...(stake === undefined ? {} : { stake }) },
    pressed: isPressed(pressure),
    willing: ceilingOf(record, gas, policy),
    pressure,
  }
}
