import type { Condition } from '../../src/exit-game/condition.ts'
import type { Address, Hash, Timestamp, UtxoPos, Wei } from '../../src/plasma/units.ts'
import { ETH } from '../../src/plasma/units.ts'

export function hashOf(letter: string): Hash {
  return `0x${letter.repeat(64)}` as Hash
}

type InvalidExit = Extract<Condition, { type: 'invalid_exit' | 'unchallenged_exit' }>

/** Mallory exits output 1000000000001, which she has spent. */
export function invalidExit(different: Partial<InvalidExit> = {}): InvalidExit {
  return {
    type: 'invalid_exit',
    exitId: 7n,
    utxoPos: 1_000_000_000_001n as UtxoPos,
    owner: `0x${'3a'.repeat(20)}` as Address,
    currency: ETH,
    amount: (10n ** 18n) as Wei,
    rootChainTxHash: hashOf('e'),
    scheduledFinalizationTime: 5_000n as Timestamp,
    spendingTxHash: hashOf('5'),
    occurrence: { txHash: hashOf('e'), rank: 0 },
    ethHeight: 100n,
    deadline: 5_000n as Timestamp,
    ...different,
  }
}
