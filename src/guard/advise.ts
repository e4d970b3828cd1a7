import type { Logger } from '../lib/logger.ts'
import type { Outcome } from '../lib/outcome.ts'
import type { Address, Timestamp, Wei } from '../plasma/units.ts'
import type { Call, Intent, World } from '../tasks/task.ts'
import type { ChainAccess } from '../tx/chain-access.ts'

/** A transaction that would be sent now, and what it would take. Not `lacking`: the account could pay for it. */
export type Advice = Call & {
  purpose: string
  from: Address
  deadline?: Timestamp
} & ({ lacking: true } | { lacking: false; gas: bigint; cost: Wei })

type Parts = {
  chain: Pick<ChainAccess, 'head' | 'tryCall'>
  /** The account that sends what needs no account of its own. */
  responder: Address
}

/** Tries an answer at the newest block: how it has ended already, or the transaction that it takes. */
export async function adviceOn(intent: Intent, { chain, responder }: Parts): Promise<Advice | Outcome> {
  const early = await intent.settled()
  if (early) return early
  const { purpose, to, data, value, from = responder, deadline } = intent
  const would = { purpose, from, to, data, value, ...(deadline === undefined ? {} : { deadline }) }
  const trial = await chain.tryCall({ from, to, data, value })
  if (trial.ok) {
    const { baseFee, tip } = await chain.head()
    return { ...would, lacking: false, gas: trial.gas, cost: (trial.gas * (baseFee + tip)) as Wei }
  }
  if (trial.why === 'insufficient_funds') return { ...would, lacking: true }
  return (await intent.settled()) ?? { outcome: 'impossible', reason: `The contract refuses the call: ${trial.reason}` }
}

/** Shows the transaction that another mode would send, ready to be signed by somebody else. The value is its bond. */
export function createAdvising(parts: Parts, log: Logger): World['submit'] {
  return async (intent) => {
    const advice = await adviceOn(intent, parts)
    if ('outcome' in advice) return advice
    log.info({ key: intent.key, ...advice }, 'transaction advised')
    return { outcome: 'refused', reason: 'this mode signs nothing' }
  }
}
