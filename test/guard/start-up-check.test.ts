import { describe, expect, test } from '@jest/globals'
import { checkStartUp, type StartUpFacts } from '../../src/guard/start-up-check.ts'
import { judgeFindings } from '../../src/guard/start-up-gather.ts'
import { withholdingOf } from '../../src/guard/withholding.ts'
import { silentLogger } from '../../src/lib/logger.ts'
import type { Address, Seconds, Wei } from '../../src/plasma/units.ts'

const WEEK = 604_800n as Seconds
const TEN_MINUTES = 600n as Seconds
const guard = { address: `0x${'6a'.repeat(20)}` as Address, balance: (10n ** 19n) as Wei }

const mainnet: StartUpFacts = {
  minExitPeriod: WEEK,
  confirmations: 12,
  withholdingSeconds: 54_000n as Seconds,
  slaMarginBlocks: 5_520n,
  watcherTrusted: false,
  leaves: true,
  accounts: [guard],
  answerBill: (10n ** 18n) as Wei,
  leavingBill: (10n ** 18n) as Wei,
}
const findings = (different: Partial<StartUpFacts>) =>
  checkStartUp({ ...mainnet, ...different }).map(({ name, unsafe }) => [name, unsafe])

describe('the start-up check', () => {
  test('finds nothing about the settings of the network, nor about the defaults on a chain of short periods', () => {
    expect(findings({})).toEqual([])
    const short = { minExitPeriod: TEN_MINUTES, confirmations: 1, slaMarginBlocks: 19n }
    expect(
      findings({ ...short, withholdingSeconds: withholdingOf({ withholdingSeconds: undefined }, TEN_MINUTES) }),
    ).toEqual([])
  })

  test.each([
    ['late-confirmations', { minExitPeriod: TEN_MINUTES, withholdingSeconds: 60n as Seconds, slaMarginBlocks: 19n }],
    ['late-withholding', { withholdingSeconds: 500_000n as Seconds }],
    ['late-margin', { slaMarginBlocks: 35_000n }],
  ])('calls %s unsafe, and says what to set', (name, different) => {
    expect(findings(different)).toEqual([[name, true]])
    const [finding] = checkStartUp({ ...mainnet, ...different })
    expect(finding?.remedy).toMatch(/^Set \w+\.\w+ to \d+ or less\.$/)
    const most = BigInt(/\d+/.exec(finding?.remedy ?? '')?.[0] ?? 0)
    const setting = { 'late-confirmations': 'confirmations', 'late-withholding': 'withholdingSeconds' }[name]
    const better = { ...different, [setting ?? 'slaMarginBlocks']: setting === 'confirmations' ? Number(most) : most }
    expect(findings(better)).toEqual([])
  })

  test('tells of an account that could not pay, and starts all the same: funds come and go', () => {
    const poor = { ...guard, balance: (10n ** 18n) as Wei }
    expect(findings({ accounts: [poor] })).toEqual([['low-balance', false]])
    expect(findings({ accounts: [poor], leaves: false })).toEqual([])
    expect(findings({ accounts: [guard, { ...guard, balance: 0n as Wei }], leaves: false })).toEqual([])
    const { remedy } = checkStartUp({ ...mainnet, accounts: [poor] })[0] ?? {}
    expect(remedy).toBe('Send it 1000000000000000000 wei or more.')
  })

  test('tells who can never leave that he cannot', () => {
    const { minExitPeriod, confirmations, accounts, answerBill, leavingBill, leaves, watcherTrusted } = mainnet
    const remote = { minExitPeriod, confirmations, accounts, answerBill, leavingBill, leaves, watcherTrusted }
    expect(checkStartUp(remote).map(({ name }) => name)).toEqual(['never-leaves'])
    expect(checkStartUp({ ...remote, watcherTrusted: true })).toEqual([])
    expect(checkStartUp({ ...remote, leaves: false })).toEqual([])
  })
})

describe('what is unsafe', () => {
  const unsafe = checkStartUp({ ...mainnet, slaMarginBlocks: 35_000n, withholdingSeconds: 500_000n as Seconds })
  const judge =
    (...accepted: string[]) =>
    () => {
      judgeFindings(unsafe, { accepted, log: silentLogger })
    }

  test('is refused with every reason at once, unless each is accepted by its name', () => {
    expect(judge()).toThrow(
      /late-withholding.*\n.*late-margin.*\n.*--accept-risk late-withholding --accept-risk late-margin/,
    )
    expect(judge('late-margin')).toThrow('late-withholding')
    expect(judge('late-margin')).not.toThrow('late-margin:')
    expect(judge('late-margin', 'late-withholding')).not.toThrow()
  })

  test('is told when it is accepted', () => {
    const told: unknown[] = []
    const log = { ...silentLogger, warn: (facts: Record<string, unknown>) => void told.push(facts['name']) }
    judgeFindings(unsafe, { accepted: ['late-margin', 'late-withholding'], log })
    expect(told).toEqual(['late-withholding', 'late-margin'])
  })
})
