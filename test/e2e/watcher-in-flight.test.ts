import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { inFlightExitId } from '../../src/exit-game/exit-id.ts'
import { toHex, type Hex } from '../../src/lib/bytes.ts'
import { ETH, type Wei } from '../../src/plasma/units.ts'
import type { Payment } from '../../devnet/actor-payment.ts'
import type { Role } from '../../devnet/accounts.ts'
import { themes } from './watcher-omg-clients.ts'
import { eventually, openWatcherStage, type WatcherStage } from './watcher-stage.ts'

// Only against hanging: the first start compiles the contracts.
jest.setTimeout(300_000)

const AMOUNT = 10n ** 18n

type ExitData = {
  in_flight_tx: Hex
  input_txs: Hex[]
  input_utxos_pos: unknown[]
  input_txs_inclusion_proofs: Hex[]
  in_flight_tx_sigs: Hex[]
}
type Fields = Record<string, unknown>
type Events = { byzantine_events: { event: string; details: { txbytes?: string } }[] }

let stage: WatcherStage
beforeAll(async () => {
  stage = await openWatcherStage()
})
afterAll(() => stage.close())

/** What the watcher says is wrong with an in-flight exit. */
const eventsOf = (raw: Uint8Array, events: Events) =>
  events.byzantine_events.flatMap(({ event, details }) => (details.txbytes === toHex(raw) ? [event] : []))
const until = (raw: Uint8Array, isIt: (events: readonly string[]) => boolean) =>
  eventually<Events>(
    () => stage.childChain.status(),
    (events) => isIt(eventsOf(raw, events)),
  )

/** Starts an in-flight exit by what the watcher gives for it. */
async function start(payment: Payment, who: Role): Promise<void> {
  const data = await eventually<ExitData>(() => stage.childChain.inFlightExitGetData(toHex(payment.bytes)))
  await stage.rootChain.startInFlightExit({
    inFlightTx: data.in_flight_tx,
    inputTxs: data.input_txs,
    inputUtxosPos: data.input_utxos_pos,
    inputTxsInclusionProofs: data.input_txs_inclusion_proofs,
    inFlightTxSigs: data.in_flight_tx_sigs,
    ...stage.by(who),
  })
}

describe('a wallet on our watcher', () => {
  test('leaves with a payment that no block holds', async () => {
    const { rootChain, network, by } = stage
    const { alice, bob, time, client } = network
    const coin = await alice.depositEther(AMOUNT)
    const half = (AMOUNT / 2n) as Wei
    const payment = alice.sign(
      [coin],
      [
        { to: bob.address, amount: half },
        { to: alice.address, amount: half },
      ],
    )
    await start(payment, 'alice')
    const inFlightTx = toHex(payment.raw)
    const exitId = String(await rootChain.getInFlightExitId({ txBytes: inFlightTx }))
    expect(BigInt(exitId)).toBe(inFlightExitId(payment.raw))
    await rootChain.piggybackInFlightExitOnOutput({ inFlightTx, outputIndex: 0, ...by('bob') })
    await rootChain.piggybackInFlightExitOnInput({ inFlightTx, inputIndex: 0, ...by('alice') })
    const [exit] = (await rootChain.getInFlightExitData({ exitIds: [exitId] })) as Fields[]
    expect(exit).toMatchObject({ isCanonical: true, exitMap: 0b10001n })

    await until(payment.raw, (events) => !events.some((event) => event.startsWith('invalid')))
    await time.pass(3n * network.deployment.minExitPeriodSeconds)
    const before = await client.getBalance(bob)
    await rootChain.processExits({ token: ETH, exitId: 0, maxExitsToProcess: 10, ...by('carol') })
    expect(await client.getBalance(bob)).toBeGreaterThan(before + half - 1n)
  })

  test('shows that an exit has a competitor, and that its input was spent', async () => {
    const { rootChain, childChain, network, by } = stage
    const { mallory, bob, carol, operator } = network
    const coin = await mallory.depositEther(AMOUNT)
    await mallory.pay(coin, bob)
    await operator.formBlock()
    const cheat = mallory.sign([coin], [{ to: carol.address, amount: AMOUNT as Wei }])
    await start(cheat, 'mallory')
    const raw = toHex(cheat.raw)
    await rootChain.piggybackInFlightExitOnInput({ inFlightTx: raw, inputIndex: 0, ...by('mallory') })
    await until(cheat.raw, (events) => events.includes('non_canonical_ife') && events.includes('invalid_piggyback'))

    const competitor = (await childChain.inFlightExitGetCompetitor(raw)) as Fields
    await rootChain.challengeInFlightExitNotCanonical({
      inputTx: competitor['input_tx'],
      inputUtxoPos: competitor['input_utxo_pos'],
      inFlightTx: competitor['in_flight_txbytes'],
      inFlightTxInputIndex: competitor['in_flight_input_index'],
      competingTx: competitor['competing_txbytes'],
      competingTxInputIndex: competitor['competing_input_index'],
      competingTxPos: competitor['competing_tx_pos'],
      competingTxInclusionProof: competitor['competing_proof'],
      competingTxWitness: competitor['competing_sig'],
      ...by('carol'),
    })
    const spend = (await childChain.inFlightExitGetInputChallengeData(raw, 0)) as Fields
    await rootChain.challengeInFlightExitInputSpent({
      inFlightTx: spend['in_flight_txbytes'],
      inFlightTxInputIndex: spend['in_flight_input_index'],
      challengingTx: spend['spending_txbytes'],
      challengingTxInputIndex: spend['spending_input_index'],
      challengingTxWitness: spend['spending_sig'],
      inputTx: spend['input_tx'],
      inputUtxoPos: spend['input_utxo_pos'],
      ...by('carol'),
    })
    await until(cheat.raw, (events) => !events.includes('non_canonical_ife') && !events.includes('invalid_piggyback'))
  })

  test('proves a payment canonical, and that its output was spent', async () => {
    const { rootChain, childChain, network, by } = stage
    const { mallory, bob, carol, operator } = network
    const coin = await mallory.depositEther(AMOUNT)
    const paid = await mallory.pay(coin, bob)
    await operator.formBlock()
    await start(paid, 'bob')
    const raw = toHex(paid.raw)
    const rival = mallory.sign([coin], [{ to: carol.address, amount: AMOUNT as Wei }])
    await mallory.challengeNotCanonical(paid, rival)
    await until(paid.raw, (events) => events.includes('invalid_ife_challenge'))
    const proof = (await childChain.inFlightExitProveCanonical(raw)) as Fields
    await rootChain.respondToNonCanonicalChallenge({
      inFlightTx: proof['in_flight_txbytes'],
      inFlightTxPos: proof['in_flight_tx_pos'],
      inFlightTxInclusionProof: proof['in_flight_proof'],
      ...by('bob'),
    })
    await until(paid.raw, (events) => !events.includes('invalid_ife_challenge'))

    const [output] = paid.outputs
    if (!output) throw new Error('a payment has an output')
    await bob.pay(output, carol)
    await operator.formBlock()
    await rootChain.piggybackInFlightExitOnOutput({ inFlightTx: raw, outputIndex: 0, ...by('bob') })
    await until(paid.raw, (events) => events.includes('invalid_piggyback'))
    const spend = (await childChain.inFlightExitGetOutputChallengeData(raw, 0)) as Fields
    await rootChain.challengeInFlightExitOutputSpent({
      inFlightTx: spend['in_flight_txbytes'],
      inFlightTxInclusionProof: spend['in_flight_proof'],
      inFlightTxOutputPos: spend['in_flight_output_pos'],
      challengingTx: spend['spending_txbytes'],
      challengingTxInputIndex: spend['spending_input_index'],
      challengingTxWitness: spend['spending_sig'],
      ...by('carol'),
    })
    await until(paid.raw, (events) => !events.includes('invalid_piggyback'))
  })

  test('takes away an exit that nobody joined', async () => {
    const { rootChain, network, by } = stage
    const { alice, bob, time } = network
    const coin = await alice.depositEther(AMOUNT)
    const payment = alice.sign([coin], [{ to: bob.address, amount: AMOUNT as Wei }])
    await start(payment, 'alice')
    await until(payment.raw, (events) => events.includes('piggyback_available'))
    await time.pass(network.deployment.minExitPeriodSeconds)
    const exitId = inFlightExitId(payment.raw).toString()
    await rootChain.deleteNonPiggybackedInFlightExit({ exitId, ...by('alice') })
    await until(payment.raw, (events) => events.length === 0)
  })

  test('called every method of its theme, and got answers as they are described', async () => {
    const { called, info } = stage
    expect(themes.inFlight.filter((method) => !called.has(method))).toEqual([])
    expect([...(await info.check())].sort()).toEqual([
      '/in_flight_exit.get_competitor',
      '/in_flight_exit.get_data',
      '/in_flight_exit.get_input_challenge_data',
      '/in_flight_exit.get_output_challenge_data',
      '/in_flight_exit.prove_canonical',
      '/status.get',
    ])
  })
})
