import { describe, expect, test } from '@jest/globals'
import { formatOccurrence } from '../../src/events/identity.ts'
import type { Condition } from '../../src/exit-game/condition.ts'
import { createTrust, refusalOf } from '../../src/guard/leaving-trust.ts'
import type { Hash } from '../../src/plasma/units.ts'
import type { Cause } from '../../src/tasks/leaving.ts'
import type { Snapshot } from '../../src/watcher/snapshot.ts'
import { hashOf, invalidExit } from '../support/conditions.ts'

const seconds = 1n as never
const childChain = { url: 'http://operator', withholdingSeconds: seconds, slaMarginBlocks: 10n }
const watcher = (trusted: boolean) => ({ watcher: { url: 'http://watcher', trusted } })
const mode = 'defend-and-exit' as const
const slaMarginBlocks = 5_520n

const theft = invalidExit({ type: 'unchallenged_exit' })
const ofTheft: Cause = { type: 'unchallenged_exit', exitId: 7n, occurrence: formatOccurrence(theft.occurrence) }
const ofBlock = (blknum: bigint, type: 'invalid_block' | 'block_withholding' = 'invalid_block'): Cause => ({
  type,
  blknum,
  occurrence: `${hashOf('b')}:0`,
})
const ofPiggyback: Cause = { type: 'unchallenged_piggyback', exitId: 9n, occurrence: `${hashOf('c')}:1` }

/** A verification whose findings a test changes; `byzantine` is the number of the first bad block. */
function sees(conditions: readonly Condition[], byzantine?: bigint) {
  const state = { conditions, byzantine, listeners: [] as ((snapshot: Snapshot) => void)[] }
  const snapshot = () =>
    ({
      conditions: state.conditions,
      childChain: { byzantineSince: state.byzantine === undefined ? undefined : { blknum: state.byzantine } },
    }) as Snapshot
  return {
    state,
    verification: { snapshot, onHead: (listener: (snapshot: Snapshot) => void) => void state.listeners.push(listener) },
  }
}

const ageOf = async (): Promise<bigint | undefined> => undefined
const refused = { code: 'LEAVING_REFUSED' }

describe('a cause to leave', () => {
  test('counts when our own verification has found the very same', async () => {
    const { verification } = sees([theft])
    const trust = createTrust({ mode, childChain }, { verification, ageOf, slaMarginBlocks })
    await expect(trust(ofTheft)).resolves.toBeUndefined()
    await expect(trust({ ...ofTheft, exitId: 8n })).rejects.toMatchObject(refused)
    await expect(trust({ ...ofTheft, occurrence: `${hashOf('f')}:0` })).rejects.toMatchObject(refused)
    await expect(trust({ ...ofTheft, type: 'unchallenged_noncanonical_ife' })).rejects.toMatchObject(refused)
  })

  test('does not count when an exit is invalid but not overdue', async () => {
    const { verification } = sees([invalidExit()])
    await expect(
      createTrust({ mode, childChain }, { verification, ageOf, slaMarginBlocks })(ofTheft),
    ).rejects.toMatchObject(refused)
  })

  test('counts for good when it was found at any head, though a challenge lands afterwards', async () => {
    const { verification, state } = sees([])
    const trust = createTrust({ mode, childChain }, { verification, ageOf, slaMarginBlocks })
    for (const tell of state.listeners) tell({ conditions: [theft] } as unknown as Snapshot)
    await expect(trust(ofTheft)).resolves.toBeUndefined()
  })

  test('of a block counts from the first bad block on, whatever is said of it', async () => {
    const { verification } = sees([], 3000n)
    const trust = createTrust({ mode, childChain }, { verification, ageOf, slaMarginBlocks })
    await expect(trust(ofBlock(2000n))).rejects.toMatchObject(refused)
    await expect(trust(ofBlock(3000n))).resolves.toBeUndefined()
    await expect(trust(ofBlock(9000n, 'block_withholding'))).resolves.toBeUndefined()
  })

  test('of a Watcher counts only when the user trusts it, with or without an own verification', async () => {
    const { verification } = sees([])
    const ask = (config: Parameters<typeof createTrust>[0], own = verification as typeof verification | undefined) =>
      createTrust(config, { verification: own, ageOf, slaMarginBlocks })(ofBlock(2000n))
    await expect(ask({ mode, ...watcher(false) }, undefined)).rejects.toMatchObject(refused)
    await expect(ask({ mode, ...watcher(true) }, undefined)).resolves.toBeUndefined()
    await expect(ask({ mode, childChain, ...watcher(false) })).rejects.toMatchObject(refused)
    await expect(ask({ mode, childChain, ...watcher(true) })).resolves.toBeUndefined()
  })

  test('of a piggyback counts by our own measure only', async () => {
    const asked: Hash[] = []
    const aged = (age: bigint | undefined) => async (txHash: Hash) => {
      asked.push(txHash)
      return age
    }
    const trust = (age: bigint | undefined) =>
      createTrust(
        { mode, ...watcher(true) },
        { verification: undefined, ageOf: aged(age), slaMarginBlocks },
      )(ofPiggyback)
    await expect(trust(undefined)).rejects.toMatchObject(refused)
    await expect(trust(5_519n)).rejects.toMatchObject(refused)
    await expect(trust(5_520n)).resolves.toBeUndefined()
    expect(asked[0]).toBe(hashOf('c'))
    const beside = { mode, childChain, ...watcher(true) }
    const own = createTrust(beside, { verification: sees([]).verification, ageOf: aged(9_999n), slaMarginBlocks })
    await expect(own(ofPiggyback)).rejects.toMatchObject(refused)
  })

  test('has to wait while our own verification is blind', async () => {
    const verification = { snapshot: () => undefined, onHead: () => {} }
    const trust = createTrust({ mode, childChain }, { verification, ageOf, slaMarginBlocks })
    await expect(trust(ofTheft)).rejects.toMatchObject({ code: 'BLIND_VERIFICATION', retryable: true })
  })
})

test.each([
  ['defend', { childChain }, 'mode is defend'],
  [mode, watcher(false), 'not trusted'],
] as const)('a configuration of mode %s with %j does not leave', (said, rest, why) => {
  expect(refusalOf({ mode: said, ...rest })).toContain(why)
})

test('a configuration that verifies, or trusts its Watcher, may leave', () => {
  expect(refusalOf({ mode, childChain })).toBeUndefined()
  expect(refusalOf({ mode, ...watcher(true) })).toBeUndefined()
})

test('a configuration that only advises advises to leave', () => {
  expect(refusalOf({ mode: 'advise', childChain })).toBeUndefined()
  expect(refusalOf({ mode: 'advise', ...watcher(false) })).toContain('not trusted')
})
