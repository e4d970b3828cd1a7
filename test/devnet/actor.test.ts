import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { gatherPeople } from '../../devnet/actor-network.ts'
import { increaseTime } from '../../devnet/chain-control.ts'
import { startDevnetChain, type DevnetChain } from '../../devnet/devnet-chain.ts'
import { type RunningOperator, startOperator } from '../../devnet/operator/start.ts'
import { actorAbi as abi } from '../../devnet/actor-abi.ts'
import { inFlightExitId } from '../../src/exit-game/exit-id.ts'
import { ETH, type Wei } from '../../src/plasma/units.ts'

const ETHER = 10n ** 18n
const MAX_POSITION = 2n ** 256n - 1n

let devnet: DevnetChain
let running: RunningOperator
let people: ReturnType<typeof gatherPeople>

beforeAll(async () => {
  devnet = await startDevnetChain({ mining: 'transactions' })
  const { chain, deployment } = devnet
  const { framework, accounts, token } = deployment
  const authority = accounts.authority.privateKey
  running = await startOperator({ rootChain: chain.url, framework, authority, port: 0, control: false })
  const { operator, url } = running
  people = gatherPeople({
    url: chain.url,
    contracts: deployment,
    token,
    accounts,
    operatorUrl: url,
    leaves: (blknum) =>
      Promise.resolve(operator.block(blknum)?.transactions.map(({ transaction }) => transaction.raw) ?? []),
  })
}, 120_000)

afterAll(async () => {
  await running.close()
  await devnet.chain.stop()
})

async function inFlightExit(raw: Uint8Array) {
  const { client, contracts } = people.alice.wallet
  const args = [[inFlightExitId(raw)]] as const
  const read = { address: contracts.exitGame, abi, functionName: 'inFlightExits', args } as const
  const [exit] = await client.readContract(read)
  return exit
}

describe('what people do on the root chain', () => {
  test('a standard exit of an included output is challenged with its spend', async () => {
    const { alice, bob, carol } = people
    const first = await alice.pay(await alice.depositToken(5n), bob)
    const second = bob.sign(first.outputs, [{ to: alice.address, amount: 5n as Wei }])
    await running.operator.formBlock()
    const [output] = first.outputs
    if (!output) throw new Error('the payment has an output')
    const exit = await bob.startStandardExit(output)
    await carol.challengeStandardExit(exit, second)
    await expect(bob.startStandardExit(output)).rejects.toThrow('Exit has already started')
  }, 60_000)

  test('an in-flight exit is joined, challenged, answered, and its bad piggybacks are blocked', async () => {
    const { alice, bob, carol, mallory } = people
    const coin = await alice.depositEther(ETHER)
    const paid = await alice.pay(coin, bob)
    await running.operator.formBlock()
    const competitor = alice.sign([coin], [{ to: mallory.address, amount: coin.amount }])
    const spend = bob.sign(paid.outputs, [{ to: carol.address, amount: coin.amount }])

    await carol.startInFlightExit(paid)
    await alice.piggybackOnInput(paid, 0)
    await bob.piggybackOnOutput(paid, 0)
    expect(await inFlightExit(paid.raw)).toMatchObject({ isCanonical: true, exitMap: 0b10001n })

    await mallory.challengeNotCanonical(paid, competitor)
    expect(await inFlightExit(paid.raw)).toMatchObject({ isCanonical: false, oldestCompetitorPosition: MAX_POSITION })
    await carol.respondToNonCanonicalChallenge(paid)
    expect(await inFlightExit(paid.raw)).toMatchObject({ isCanonical: true })

    await carol.challengeInputSpent(paid, competitor)
    await carol.challengeOutputSpent(paid, spend)
    expect(await inFlightExit(paid.raw)).toMatchObject({ exitMap: 0n })
  }, 60_000)

  test('a competitor that stands in a block is shown with its place', async () => {
    const { alice, bob, carol } = people
    const coin = await alice.depositEther(ETHER)
    const inFlight = alice.sign([coin], [{ to: alice.address, amount: coin.amount }])
    const competitor = await alice.pay(coin, bob)
    await running.operator.formBlock()
    await bob.startInFlightExit(inFlight)
    await carol.challengeNotCanonical(inFlight, competitor)
    const position = competitor.blknum * 10n ** 9n + BigInt(competitor.txIndex) * 10n ** 4n
    expect(await inFlightExit(inFlight.raw)).toMatchObject({ isCanonical: false, oldestCompetitorPosition: position })
  }, 60_000)

  test('an in-flight exit that nobody joined is deleted after phase 1, and one of several owners is signed by each', async () => {
    const { alice, bob, carol } = people
    const coins = [await alice.depositEther(ETHER), await bob.depositEther(ETHER)]
    const joint = alice.sign(coins, [{ to: carol.address, amount: (2n * ETHER) as Wei }], [bob])
    await alice.startInFlightExit(joint)
    await increaseTime(devnet.chain.url, devnet.deployment.minExitPeriodSeconds)
    await carol.deleteNonPiggybacked(inFlightExitId(joint.raw))
    expect(await inFlightExit(joint.raw)).toMatchObject({ exitStartTimestamp: 0n })
    await expect(carol.processExits(ETH)).resolves.toMatchObject({ status: 'success' })
  }, 60_000)
})
