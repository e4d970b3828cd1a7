import { describe, expect, test } from '@jest/globals'
import { noticeAlarm } from '../../src/guard/notices.ts'
import type { Timestamp, Wei } from '../../src/plasma/units.ts'
import type { Notice } from '../../src/watcher/root-chain.ts'
import { hashOf } from '../support/conditions.ts'
import { alice, mallory } from '../support/signers.ts'

const at = {
  blockNumber: 9n,
  blockHash: hashOf('b'),
  timestamp: 1n as Timestamp,
  occurrence: { txHash: hashOf('a'), rank: 2 },
}
const own = new Set([alice.address])
const amount = 5n as Wei

describe('a person hears', () => {
  test.each<[string, Notice, object]>([
    [
      'of a new vault, by its log',
      { ...at, type: 'VaultRegistered', vaultId: 3n, vault: mallory.address },
      { kind: 'contract_registered', level: 'critical', subject: `${hashOf('a')}:2`, occurrence: `${hashOf('a')}:2` },
    ],
    [
      'of a new exit game',
      { ...at, type: 'ExitGameRegistered', txType: 9n, exitGame: mallory.address, protocol: 2 },
      { kind: 'contract_registered', level: 'critical' },
    ],
    [
      'of other bonds',
      { ...at, type: 'PiggybackBondUpdated', bondSize: amount },
      { kind: 'bond_updated', level: 'info' },
    ],
    [
      'of money that did not reach an own account',
      { ...at, type: 'WithdrawFailed', vault: mallory.address, receiver: alice.address, amount },
      { kind: 'payment_failed', level: 'critical' },
    ],
  ])('%s', (_, notice, alarm) => {
    expect(noticeAlarm(notice, own)).toMatchObject(alarm)
  })

  test('nothing of others’ money, nor of daily business', () => {
    const others: Notice = { ...at, type: 'BondReturnFailed', receiver: mallory.address, amount }
    expect(noticeAlarm(others, own)).toBeUndefined()
    const queued: Notice = { ...at, type: 'ExitQueueAdded', vaultId: 1n, token: mallory.address }
    expect(noticeAlarm(queued, own)).toBeUndefined()
  })
})
