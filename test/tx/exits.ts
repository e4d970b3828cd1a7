import type { Outcome } from '../../src/lib/outcome.ts'
import type { Address, Wei } from '../../src/plasma/units.ts'
import type { Intent } from '../../src/tx/intent.ts'
import type { FakeChain } from './fake-chain.ts'

const target = `0x${'1'.repeat(40)}` as Address

/** An exit that can be challenged once, and what the contract knows of it. */
export function exits(chain: FakeChain) {
  const challenged = new Set<string>()
  chain.refuses = ({ data }) => (challenged.has(data) ? 'The exit does not exist' : undefined)
  chain.effect = ({ data }) => {
    challenged.add(data)
  }
  const challenge = (id: number): Intent => {
    const data = `0x${id.toString(16).padStart(4, '0')}` as const
    return {
      key: `challenge:${id}`,
      purpose: 'challengeStandardExit',
      to: target,
      data,
      value: 0n as Wei,
      settled: async (): Promise<Outcome | undefined> =>
        challenged.has(data) ? { outcome: 'done_by_other', reason: 'the exit is challenged' } : undefined,
    }
  }
  return { challenged, challenge }
}
