import type { Condition } from '../exit-game/condition.ts'
import { formatOccurrence } from './identity.ts'

/** What crosses to the process engine: a key of `mesg.yml` and JSON without null. */
export type GuardEvent = { key: Condition['type'] | 'alarm'; data: Readonly<Record<string, string | number>> }

/**
 * Renders a condition as its event. Fields are snake_case, positions, ids and amounts decimal strings, bytes 0x hex;
 * heights, indexes and the attempt are numbers. `attempt` tells one emission from the next: a MESG engine runs one
 * payload once, for ever.
 */
export function eventOf(condition: Condition, attempt: number): GuardEvent {
  const { type, occurrence, ethHeight, deadline, ...own } = condition
  return {
    key: type,
    data: {
      ...wire(own),
      occurrence: formatOccurrence(occurrence),
      eth_height: Number(ethHeight),
      ...(deadline === undefined ? {} : { deadline: deadline.toString() }),
      attempt,
    },
  }
}

/** What is for people, who see it in the answer of `/status.get`. */
const unpublished: ReadonlySet<string> = new Set(['since', 'reason', 'txIndex'])

/** Fields whose snake_case differs from what their letters would give. */
const names: Readonly<Record<string, string>> = {
  txBytes: 'txbytes',
  txHash: 'txhash',
  rootChainTxHash: 'root_chain_txhash',
  spendingTxHash: 'spending_txhash',
}

/** Plain values only. Lists and marks say whose business it is, and whether there is an event at all. */
function wire(fields: object): Record<string, string | number> {
  const data: Record<string, string | number> = {}
  for (const [field, value] of Object.entries<unknown>({ ...fields })) {
    if (unpublished.has(field)) continue
    const name = names[field] ?? field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    if (typeof value === 'bigint') data[name] = value.toString()
    else if (typeof value === 'string' || typeof value === 'number') data[name] = value
  }
  return data
}
