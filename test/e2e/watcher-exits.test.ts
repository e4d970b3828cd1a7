import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { ETH } from '../../src/plasma/units.ts'
import { malloryCheats } from '../support/guarded-network.ts'
import { themes } from './watcher-omg-clients.ts'
import { eventually, openWatcherStage, type WatcherStage } from './watcher-stage.ts'

// Only against hanging: the first start compiles the contracts, and omg-js hashes 65,536 leaves.
jest.setTimeout(300_000)

type Receipt = { blockNumber: bigint; transactionHash: string }
type ExitData = { utxo_pos: unknown; txbytes: string; proof: string }
type Events = { byzantine_events: { event: string; details: Record<string, unknown> }[] }

let stage: WatcherStage
beforeAll(async () => {
  stage = await openWatcherStage({ apart: true })
})
afterAll(() => stage.close())

const eventsOf = ({ byzantine_events }: Events) => byzantine_events.map(({ event }) => event)
const queue = async () => (await stage.rootChain.getExitQueue(ETH)) as { exitId: string }[]

describe('a wallet on our watcher', () => {
  test('takes a deposit home by what the watcher gives it', async () => {
    const { rootChain, childChain, network, by } = stage
    const deposited = (await rootChain.deposit({ amount: '1000', currency: ETH, ...by('alice') })) as Receipt
    const [utxo] = await eventually<{ blknum: number }[]>(
      () => childChain.getUtxos(network.alice.address),
      (utxos) => utxos.length === 1,
    )
    const data = (await childChain.getExitData(utxo)) as ExitData
    const own = (await rootChain.getDepositExitData({ transactionHash: deposited.transactionHash })) as ExitData
    expect({ ...data, utxo_pos: String(data.utxo_pos) }).toEqual({ ...own, utxo_pos: String(own.utxo_pos) })

    const started = (await rootChain.startStandardExit({
      utxoPos: String(data.utxo_pos),
      outputTx: data.txbytes,
      inclusionProof: data.proof,
      ...by('alice'),
    })) as Receipt
    const exitId = await rootChain.getStandardExitId({
      txBytes: data.txbytes,
      utxoPos: String(data.utxo_pos),
      isDeposit: true,
    })
    expect((await queue()).map((exit) => exit.exitId)).toEqual([String(exitId)])
    await eventually(
      () => childChain.getBalance(network.alice.address),
      (balances: object[]) => balances.length === 0,
    )
    const { bonds } = (await rootChain.getPaymentExitGame()) as { bonds: { standardExit: number } }
    const { scheduledFinalizationTime } = (await rootChain.getExitTime({
      exitRequestBlockNumber: String(started.blockNumber),
      submissionBlockNumber: String(utxo?.blknum),
    })) as { scheduledFinalizationTime: number }

    await network.time.passUntil(BigInt(scheduledFinalizationTime))
    const before = await network.client.getBalance(network.alice)
    await rootChain.processExits({ token: ETH, exitId: 0, maxExitsToProcess: 10, ...by('bob') })
    const after = await network.client.getBalance(network.alice)
    expect(after - before).toBe(1000n + BigInt(bonds.standardExit))
    expect(await queue()).toEqual([])
    expect((await childChain.status()) as Events).toMatchObject({ byzantine_events: [] })
  })

  test('challenges the exit of a coin that was spent', async () => {
    const { rootChain, childChain, network, by } = stage
    const { coin, exitId } = await malloryCheats(network)
    const status = () => childChain.status()
    const seen = await eventually<Events>(status, (events) => eventsOf(events).includes('invalid_exit'))
    expect(seen.byzantine_events).toMatchObject([{ details: { owner: network.mallory.address } }])
    const data = (await childChain.getChallengeData(Number(coin.utxoPos))) as Record<string, unknown>
    expect(String(data['exit_id'])).toBe(exitId.toString())
    await rootChain.challengeStandardExit({
      standardExitId: data['exit_id'],
      exitingTx: data['exiting_tx'],
      challengeTx: data['txbytes'],
      inputIndex: data['input_index'],
      challengeTxSig: data['sig'],
      ...by('bob'),
    })
    await eventually<Events>(status, (events) => eventsOf(events).length === 0)
  })

  test('called every method of its theme, and got answers as they are described', async () => {
    const { called, info, security } = stage
    expect(themes.exits.filter((method) => !called.has(method))).toEqual([])
    expect([...(await info.check())].sort()).toEqual(['/account.get_balance', '/account.get_utxos', '/status.get'])
    expect([...(await security.check())].sort()).toEqual(['/utxo.get_challenge_data', '/utxo.get_exit_data'])
  })
})
