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
  const { type, occurrence, ethHeight, deadline, settled: _, ...own } = withoutPayees(condition)
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

/** Whose business it is decides whether there is an event at all; the event does not say it again. */
function withoutPayees(condition: Condition) {
  if (!('payees' in condition)) return condition
  const { payees: _, ...rest } = condition
  return rest
}

/** Fields whose snake_case differs from what their letters would give. */
const names: Readonly<Record<string, string>> = {
  txBytes: 'txbytes',
  txHash: 'txhash',
  rootChainTxHash: 'root_chain_txhash',
  spendingTxHash: 'spending_txhash',
}

function wire(fields: Readonly<Record<string, string | number | bigint | undefined>>): Record<string, string | number> {
  const data: Record<string, string | number> = {}
  for (const [field, value] of Object.entries(fields)) {
    if (value === undefined) continue
    const name = names[field] ?? field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    data[name] = typeof value === 'bigint' ? value.toString() : value
  }
  return data
}
