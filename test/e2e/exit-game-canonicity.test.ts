import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { exitCalls } from './exit-game-exits.ts'
import { IFE_BOND, only, openStage, PERIOD, type Stage } from './exit-game-stage.ts'

const NOT_INCLUDED = 2n ** 256n - 1n
// Only against hanging: the first start compiles the contracts.
jest.setTimeout(300_000)

let stage: Stage
let calls: ReturnType<typeof exitCalls>
let start: string

beforeAll(async () => {
  stage = await openStage()
  calls = exitCalls(stage)
})
afterAll(() => stage.close())
beforeEach(async () => {
  start = await stage.snapshot()
})
afterEach(() => stage.revert(start))

/** Mallory signs her coin away twice and starts the exit of one payment. */
async function doubleSpend() {
  const coin = await stage.deposit('mallory', 5n)
  const inFlight = stage.pay([coin], { to: 'bob', amount: 5n })
  const competitor = stage.pay([coin], { to: 'mallory', amount: 5n })
  await calls.startInFlightExit(inFlight, { by: 'mallory' })
  return { coin, inFlight, competitor }
}

describe('a competitor of an in-flight exit', () => {
  test('counts although no block holds it, as the youngest of all', async () => {
    const spends = await doubleSpend()
    const challenged = await calls.challengeNotCanonical(spends)
    expect(only(challenged, 'InFlightExitChallenged')).toMatchObject({ challengeTxPosition: NOT_INCLUDED })
    const exit = await calls.inFlightExit(spends.inFlight)
    expect(exit).toMatchObject({ isCanonical: false, oldestCompetitorPosition: NOT_INCLUDED })
    expect(exit.bondOwner.toLowerCase()).toBe(stage.accounts.guard.address)
  })

  test('must be older than the one that is known', async () => {
    const { inFlight, coin, competitor } = await doubleSpend()
    const third = stage.pay([coin], { to: 'carol', amount: 5n })
    const [older] = await stage.include(third)
    const [younger] = await stage.include(competitor)
    if (!older || !younger) throw new Error('nothing included')
    const reason = 'Competing transaction is not older than already known competitor'
    await calls.challengeNotCanonical({ inFlight, competitor })
    await expect(calls.challengeNotCanonical({ inFlight, competitor: third })).rejects.toThrow(reason)
    await calls.challengeNotCanonical({ inFlight, competitor: younger })
    await expect(calls.challengeNotCanonical({ inFlight, competitor: younger })).rejects.toThrow(reason)
    const last = await calls.challengeNotCanonical({ inFlight, competitor: older }, { by: 'carol' })
    expect(only(last, 'InFlightExitChallenged')).toMatchObject({ challengeTxPosition: older.txPos })
    expect(await calls.inFlightExit(inFlight)).toMatchObject({ oldestCompetitorPosition: older.txPos })
  })

  test('the shared input may stand at different indexes', async () => {
    const coin = await stage.deposit('alice', 5n)
    const other = await stage.deposit('carol', 5n)
    const inFlight = stage.pay([coin], { to: 'bob', amount: 5n })
    const competitor = stage.pay([other, coin], { to: 'carol', amount: 10n })
    await calls.startInFlightExit(inFlight)
    const challenged = await calls.challengeNotCanonical({ inFlight, competitor })
    expect(only(challenged, 'InFlightExitChallenged')).toMatchObject({ challengeTxPosition: NOT_INCLUDED })
  })

  test('is shown in the first phase only', async () => {
    const spends = await doubleSpend()
    const started = await stage.now()
    await stage.passUntil(started + PERIOD / 2n)
    await expect(calls.challengeNotCanonical(spends)).rejects.toThrow(
      'Canonicity challenge phase for this exit has ended',
    )
  })

  test('wrong data is refused with its reason', async () => {
    const spends = await doubleSpend()
    const { inFlight, competitor, coin } = spends
    const foreign = await stage.deposit('alice', 5n)
    const [included] = await stage.include(competitor)
    if (!included) throw new Error('nothing included')
    const refused = (reason: string, args: Record<string, unknown>) =>
      expect(calls.challengeNotCanonical({ inFlight, competitor }, args)).rejects.toThrow(reason)
    await refused('In-flight exit does not exist', { inFlightTx: competitor.tx })
    await refused('The competitor transaction is the same as transaction in-flight', { competingTx: inFlight.tx })
    const elsewhere = 'Provided inputs data does not point to the same outputId from the in-flight exit'
    await refused(elsewhere, { inputTx: foreign.tx, inputUtxoPos: foreign.utxoPos })
    await refused(elsewhere, { inFlightTxInputIndex: 1 })
    await refused('Input index out of bounds', { inFlightTxInputIndex: 4 })
    await refused('Block does not exist', { inputUtxoPos: 9_000_000_000_000n })
    await refused('Tx is not signed correctly', { competingTxWitness: inFlight.witnesses[0] })
    const at = { competingTxPos: included.txPos, competingTxInclusionProof: included.proof }
    await refused('OutputIndex of competingTxPos should be 0', { ...at, competingTxPos: included.txPos + 1n })
    await refused('Failed to get the root hash of the block num', { ...at, competingTxPos: 9_000_000_000_000n })
    await refused('Merkle proof must not be empty', { ...at, competingTxInclusionProof: '0x' })
    await refused('Competing tx is not standard finalized with the given tx position', {
      ...at,
      competingTxPos: included.txPos + 10_000n,
    })
    const harmless = stage.pay([foreign], { to: 'bob', amount: 5n })
    await refused('Spending tx points to the incorrect output UTXO position', {
      competingTx: harmless.tx,
      competingTxWitness: harmless.witnesses[0],
    })
    expect(coin.owner).toBe('mallory')
  })
})

describe('responding to a competitor', () => {
  test('an older inclusion makes the exit canonical again, and the responder owns the bond', async () => {
    const { inFlight, competitor } = await doubleSpend()
    const [older] = await stage.include(inFlight)
    const [younger] = await stage.include(competitor)
    if (!older || !younger) throw new Error('nothing included')
    await calls.challengeNotCanonical({ inFlight, competitor: younger })
    const answered = await calls.respond(older, { by: 'alice' })
    expect(only(answered, 'InFlightExitChallengeResponded')).toMatchObject({ challengeTxPosition: older.txPos })
    const exit = await calls.inFlightExit(inFlight)
    expect(exit).toMatchObject({ isCanonical: true, oldestCompetitorPosition: older.txPos })
    expect(exit.bondOwner.toLowerCase()).toBe(stage.accounts.alice.address)
    await expect(calls.challengeNotCanonical({ inFlight, competitor: younger })).rejects.toThrow(
      'Competing transaction is not older than already known competitor',
    )
  })

  test('an inclusion after the start of the exit counts, also after the first phase', async () => {
    const { inFlight, competitor } = await doubleSpend()
    await calls.challengeNotCanonical({ inFlight, competitor })
    await stage.pass(PERIOD)
    const [included] = await stage.include(inFlight)
    if (!included) throw new Error('nothing included')
    await calls.respond(included)
    expect(await calls.inFlightExit(inFlight)).toMatchObject({ isCanonical: true, bondSize: IFE_BOND })
  })

  test('an older competitor cannot be answered, nor can there be an answer to nothing', async () => {
    const { inFlight, competitor } = await doubleSpend()
    const [older] = await stage.include(competitor)
    const [younger] = await stage.include(inFlight)
    if (!older || !younger) throw new Error('nothing included')
    const reason = 'In-flight transaction must be older than competitors to respond to non-canonical challenge'
    await expect(calls.respond(younger)).rejects.toThrow(reason)
    await calls.challengeNotCanonical({ inFlight, competitor: older })
    await expect(calls.respond(younger)).rejects.toThrow(reason)
  })

  test('wrong data is refused with its reason', async () => {
    const { inFlight, competitor } = await doubleSpend()
    const [included] = await stage.include(inFlight)
    if (!included) throw new Error('nothing included')
    await calls.challengeNotCanonical({ inFlight, competitor })
    const refused = (reason: string, other: Partial<typeof included>) =>
      expect(calls.respond({ ...included, ...other })).rejects.toThrow(reason)
    await refused('In-flight exit does not exist', { tx: competitor.tx })
    await refused('In-flight transaction position must not be 0', { txPos: 0n })
    await refused('Output index of txPos has to be 0', { txPos: included.txPos + 1n })
    await refused('Failed to get the block root hash of the tx position', { txPos: 9_000_000_000_000n })
    await refused('Transaction is not included in block of Plasma chain', { txPos: included.txPos + 10_000n })
    await calls.respond(included)
    await refused('In-flight transaction must be older than competitors', {})
  })
})
