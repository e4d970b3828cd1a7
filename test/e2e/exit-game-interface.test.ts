import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { toEventSelector, toFunctionSelector, type Abi, type AbiEvent, type AbiFunction } from 'viem'
import { compileContracts } from '../../devnet/compile.ts'
import { IFE_BOND, only, openStage, PB_BOND, SE_BOND, type Stage } from './exit-game-stage.ts'

// Only against hanging: the first start compiles the contracts.
jest.setTimeout(300_000)
const DAY = 86_400n

/** As printed in contracts.md 5: what a responder's calldata begins with on the main net. */
const SELECTORS = {
  startStandardExit: '0x70e01462',
  challengeStandardExit: '0xdf2933e2',
  startInFlightExit: '0x5a528514',
  piggybackInFlightExitOnInput: '0xe5bc60c7',
  piggybackInFlightExitOnOutput: '0xa4a25441',
  challengeInFlightExitNotCanonical: '0xe8362298',
  respondToNonCanonicalChallenge: '0x36660de4',
  challengeInFlightExitInputSpent: '0xb9a3a28e',
  challengeInFlightExitOutputSpent: '0x2c3bad95',
  deleteNonPiggybackedInFlightExit: '0xb3c2ec76',
}

/** As printed in contracts.md 10. */
const TOPICS = {
  ExitStarted: '0xdd6f755cba05d0a420007aef6afc05e4889ab424505e2e440ecd1c434ba7082e',
  ExitChallenged: '0x5dfba526c59b25f899f935c5b0d5b8739e97e4d89c38c158eca3192ea34b87d8',
  ExitFinalized: '0x0adb29b0831e081044cefe31155c1f2b2b85ad3613a480a5f901ee287addef55',
  ExitOmitted: '0x91b69d9a0a91ef4f81d0232886cb1880ada4ccdadc8981a3fede280c284bc46a',
  InFlightExitStarted: '0xd5f1fe9d48880b57daa227004b16d320c0eb885d6c49d472d54c16a05fa3179e',
  InFlightExitInputPiggybacked: '0xa93c0e9b202feaf554acf6ef1185b898c9f214da16e51740b06b5f7487b018e5',
  InFlightExitOutputPiggybacked: '0x6ecd8e79a5f67f6c12b54371ada2ffb41bc128c61d9ac1e969f0aa2aca46cd78',
  InFlightExitChallenged: '0x687401968e501bda2d2d6f880dd1a0a56ff50b1787185ee0b6f4c3fb9fc417ab',
  InFlightExitChallengeResponded: '0x637cc4a7148767df19331a5c7dfb6d31f0a7e159a3dbb28a716be18c8c74f768',
  InFlightExitInputBlocked: '0x4794045885b2e249895bc730deb7caedc2e6b4b49d56ccd696b69d1f4944b8ec',
  InFlightExitOutputBlocked: '0xcbe8dad2e7fcbfe0dcba2f9b2e44f122c66cd26dc0808a0f7e9ec41e4fe285bf',
  InFlightExitInputWithdrawn: '0x4446ec118df0062851669a051944a56f276ef134203ac88cbb6032bd10b6aeec',
  InFlightExitOutputWithdrawn: '0xa241c6deaf193e53a1b002d779e4f247bf5d57ba0be5a753e628dfcee645a4f7',
  InFlightExitOmitted: '0x438fb52bbaecea88ef59bcef337f0f8d5ba28dc74f727c0c176f81ff2c7ab81f',
  InFlightExitDeleted: '0x1991c4c350498b0cc937c6a08bc5bdecf2e4fdd9d918052a880f102e43dbe45c',
}

/** contracts.md 15. */
const VECTOR = {
  framework: '0x5fbdb2315678afecb367f032d93f642f64180aa3',
  depositTx:
    '0xf85501c0f0ef01ed9419e7e376e7c213b7e7e7e46cc70a5dd086daff2a9400000000000000000000000000000000000000008203e880a00000000000000000000000000000000000000000000000000000000000000000',
  depositPos: 1_000_000_000n,
  depositStandardExitId: 2533182049797899011240223200548161593008921603n,
  paymentTx:
    '0xf8a701e1a0000000000000000000000000000000000000000000000000000000003b9aca00f860ef01ed942222222222222222222222222222222222222222940000000000000000000000000000000000000000820190ef01ed9419e7e376e7c213b7e7e7e46cc70a5dd086daff2a94000000000000000000000000000000000000000082025880a03333333333333333333333333333333333333333333333333333333333333333',
  pos: 1_000_000_020_001n,
  paymentOutput1StandardExitId: 7942936129945947984708667848636291470136026286n,
  paymentInFlightExitId: 5088440744534028222592095909737301197370533038n,
}

let stage: Stage
let start: string
let abi: Abi
let published: Abi

beforeAll(async () => {
  stage = await openStage()
  abi = (await compileContracts())('PaymentExitGame').abi
  const path = createRequire(import.meta.url).resolve('@omisego/omg-js-rootchain/src/contracts/PaymentExitGame.json')
  published = (JSON.parse(await readFile(path, 'utf8')) as { abi: Abi }).abi
})
afterAll(() => stage.close())
beforeEach(async () => {
  start = await stage.snapshot()
})
afterEach(() => stage.revert(start))

function functions(of: Abi): AbiFunction[] {
  return of.filter((item) => item.type === 'function')
}

function byText(left: unknown, right: unknown): number {
  return JSON.stringify(left).localeCompare(JSON.stringify(right))
}

function events(of: Abi): AbiEvent[] {
  return of.filter((item) => item.type === 'event')
}

describe('the interface of the exit game', () => {
  test('its calls have the selectors of the main net', () => {
    const selectors = new Map(functions(abi).map((item) => [item.name, toFunctionSelector(item)]))
    for (const [name, selector] of Object.entries(SELECTORS))
      expect([name, selectors.get(name)]).toEqual([name, selector])
  })

  test('its events have the topics of the main net', () => {
    const topics = new Map(events(abi).map((item) => [item.name, toEventSelector(item)]))
    for (const [name, topic] of Object.entries(TOPICS)) expect([name, topics.get(name)]).toEqual([name, topic])
  })

  test('it has all functions of the published interface, with the same results and no others', () => {
    const shape = (item: AbiFunction) => [toFunctionSelector(item), shapeOf(item.outputs), item.stateMutability]
    const sorted = (all: Abi) => functions(all).map(shape).sort(byText)
    expect(sorted(abi)).toEqual(sorted(published))
  })

  test('it has all events of the published interface, indexed alike', () => {
    const shape = (item: AbiEvent) => [
      item.name,
      item.inputs.map(({ name, type, indexed }) => ({ name, type, indexed })),
    ]
    const sorted = (all: Abi) => events(all).map(shape).sort(byText)
    expect(sorted(abi)).toEqual(sorted(published))
  })

  test('the framework says which generation it is', async () => {
    expect(await stage.ask('getVersion', [], 'framework')).toMatch(/^1\.0\.4/)
    expect(stage.deployment.framework).toBe(VECTOR.framework)
    expect(String(await stage.ask('exitGames', [1n], 'framework')).toLowerCase()).toBe(stage.deployment.exitGame)
    expect(await stage.ask('protocols', [1n], 'framework')).toBe(2)
  })
})

/** Types of results, and the names of their fields. */
function shapeOf(outputs: AbiFunction['outputs'], depth = 0): unknown {
  return outputs.map((output) => ({
    type: output.type,
    ...(depth > 0 && { name: output.name }),
    ...('components' in output && { components: shapeOf(output.components, depth + 1) }),
  }))
}

describe('ids', () => {
  test('of standard exits are those of the vectors', async () => {
    const { depositTx, depositPos, paymentTx, pos } = VECTOR
    expect(await stage.ask('getStandardExitId', [true, depositTx, depositPos])).toBe(VECTOR.depositStandardExitId)
    expect(await stage.ask('getStandardExitId', [false, paymentTx, pos])).toBe(VECTOR.paymentOutput1StandardExitId)
  })

  test('of in-flight exits are those of the vectors', async () => {
    expect(await stage.ask('getInFlightExitId', [VECTOR.paymentTx])).toBe(VECTOR.paymentInFlightExitId)
  })

  test('that nobody knows name empty exits', async () => {
    const [standard] = (await stage.ask('standardExits', [[1n, 2n]])) as { amount: bigint }[]
    const [inFlight] = (await stage.ask('inFlightExits', [[1n]])) as { exitStartTimestamp: bigint }[]
    expect([standard?.amount, inFlight?.exitStartTimestamp]).toEqual([0n, 0n])
  })
})

describe('bonds', () => {
  test('are those of the main net', async () => {
    const names = ['startStandardExitBondSize', 'startIFEBondSize', 'piggybackBondSize']
    expect(await Promise.all(names.map((name) => stage.ask(name)))).toEqual([SE_BOND, IFE_BOND, PB_BOND])
  })

  test.each([
    { bond: 'startStandardExitBondSize', update: 'updateStartStandardExitBondSize', event: 'StandardExitBondUpdated' },
    { bond: 'startIFEBondSize', update: 'updateStartIFEBondSize', event: 'IFEBondUpdated' },
    { bond: 'piggybackBondSize', update: 'updatePiggybackBondSize', event: 'PiggybackBondUpdated' },
  ])('a new $bond holds two days later, within half and double', async ({ bond: getter, update, event }) => {
    const size = BigInt(String(await stage.ask(getter)))
    const set = (bond: bigint) => stage.act('deployer', { name: update, args: [bond] })
    await expect(set(size / 2n - 1n)).rejects.toThrow('Bond size is too low')
    await expect(set(size * 2n + 1n)).rejects.toThrow('Bond size is too high')
    expect(only(await set(size * 2n), event)).toEqual({ bondSize: size * 2n })
    await stage.pass(2n * DAY - 10n)
    expect(await stage.ask(getter)).toBe(size)
    await stage.pass(20n)
    expect(await stage.ask(getter)).toBe(size * 2n)
    await set(size)
    await stage.pass(2n * DAY + 1n)
    expect(await stage.ask(getter)).toBe(size)
  })

  test('are changed by the maintainer only', async () => {
    const call = stage.act('mallory', { name: 'updatePiggybackBondSize', args: [PB_BOND] })
    await expect(call).rejects.toThrow('Caller address is unauthorized')
  })
})

test('only the framework may have an exit processed', async () => {
  const call = stage.act('mallory', { name: 'processExit', args: [1n, 1n, stage.deployment.token] })
  await expect(call).rejects.toThrow('Caller address is unauthorized')
})
