import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { encodeFunctionData } from 'viem'
import { mine, reorganise, setCode } from '../../devnet/chain-control.ts'
import { exitGameAbi, vaultAbi } from '../../src/chain/abi.ts'
import type { Node } from '../../src/chain/node.ts'
import { RootChainUnavailableError } from '../../src/chain/node.ts'
import { createRootChain } from '../../src/chain/root-chain.ts'
import type { ExitGameEvent, LedgerEvent } from '../../src/exit-game/contract-event.ts'
import { inFlightExitId, standardExitId } from '../../src/exit-game/exit-id.ts'
import { toHex } from '../../src/lib/bytes.ts'
import { leafHash, merkleProof } from '../../src/plasma/merkle.ts'
import { encodeUtxoPos } from '../../src/plasma/position.ts'
import { depositTransaction } from '../../src/plasma/encode-transaction.ts'
import { type Address, ETH, type Hash, type UtxoPos, type Wei } from '../../src/plasma/units.ts'
import { FORWARDER, forwarded, openStage, scriptedCall, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
}, 120_000)
afterAll(() => stage.stop())

type Event = ExitGameEvent | LedgerEvent

/** What happened while a story was told. */
async function during(story: () => Promise<void>, node: Node = stage.node) {
  const chain = createRootChain({ node, deployment: stage.deployment })
  const before = await chain.head()
  await story()
  const after = await chain.head()
  return chain.events(before.number + 1n, after.number)
}

function only<Type extends Event['type']>(events: readonly Event[], type: Type): Extract<Event, { type: Type }> {
  const found = events.filter((event): event is Extract<Event, { type: Type }> => event.type === type)
  expect(found).toHaveLength(1)
  return found[0] as Extract<Event, { type: Type }>
}

/** A node that does not trace, as most do not. */
function withoutTraces(node: Node): Node {
  return {
    ...node,
    attempt: async (method, ...rest) =>
      method === 'debug_traceTransaction'
        ? { ok: false, fault: { code: -32601, text: 'the method does not exist' } }
        : node.attempt(method, ...rest),
  }
}

describe('The deployment is found from the framework alone', () => {
  test('with its addresses, bonds and periods', async () => {
    const { deployment } = stage
    expect(deployment).toMatchObject({
      chainId: 31337n,
      minExitPeriod: 600n,
      childBlockInterval: 1000n,
      bonds: { standardExit: 14n * 10n ** 15n, inFlightExit: 37n * 10n ** 15n, piggyback: 28n * 10n ** 15n },
    })
    const { ethVault, erc20Vault, paymentExitGame, framework } = deployment
    const addresses = [framework, ethVault, erc20Vault, paymentExitGame]
    expect(new Set(addresses).size).toBe(4)
    for (const address of addresses) expect(address).toMatch(/^0x[0-9a-f]{40}$/)
  })
})

describe('What a log says is completed from the calldata', () => {
  test('a deposit and the standard exit of it', async () => {
    const { alice } = stage.people
    let exitId = 0n
    let utxoPos = 0n
    let creator: Uint8Array | undefined
    const { events, unreadable } = await during(async () => {
      const coin = await alice.depositEther(1_000n)
      const exit = await alice.startStandardExit(coin)
      ;({ exitId } = exit)
      ;({ utxoPos, creator } = coin)
    })
    expect(unreadable).toEqual([])
    expect(events.map(({ type }) => type)).toEqual(['DepositCreated', 'ExitStarted'])
    const deposit = only(events, 'DepositCreated')
    expect(deposit).toMatchObject({ depositor: alice.address, token: ETH, amount: 1_000n, occurrence: { rank: 0 } })
    expect(encodeUtxoPos({ blknum: deposit.blknum, txIndex: 0, outputIndex: 0 })).toBe(utxoPos)
    const started = only(events, 'ExitStarted')
    expect(started).toMatchObject({ exitId, utxoPos, owner: alice.address, outputTx: creator, exitable: true })
    expect(started.exitId).toBe(standardExitId(started.outputTx, utxoPos as UtxoPos))
    const block = await createRootChain(stage).block(started.blockNumber)
    expect(block).toEqual({ number: started.blockNumber, hash: started.blockHash, timestamp: started.timestamp })
  })

  test('a challenged exit is no longer exitable when its start is read', async () => {
    const { alice, mallory } = stage.people
    const { events } = await during(async () => {
      const coin = await mallory.depositEther(700n)
      const spend = mallory.sign([coin], [{ to: alice.address, amount: 700n as Wei }])
      const exit = await mallory.startStandardExit(coin)
      await alice.challengeStandardExit(exit, spend)
    })
    expect(only(events, 'ExitStarted').exitable).toBe(false)
    expect(only(events, 'ExitChallenged').utxoPos).toBe(only(events, 'ExitStarted').utxoPos)
  })

  test('an in-flight exit with its piggybacks, a canonicity challenge, and blocked pieces', async () => {
    const { alice, bob, mallory } = stage.people
    const { events, unreadable } = await during(async () => {
      const coin = await mallory.depositEther(900n)
      const inFlight = mallory.sign([coin], [{ to: bob.address, amount: 900n as Wei }])
      const competitor = mallory.sign([coin], [{ to: mallory.address, amount: 900n as Wei }])
      await mallory.startInFlightExit(inFlight)
      await bob.piggybackOnOutput(inFlight, 0)
      await mallory.piggybackOnInput(inFlight, 0)
      await alice.challengeNotCanonical(inFlight, competitor)
      await alice.challengeInputSpent(inFlight, competitor)
    })
    expect(unreadable).toEqual([])
    const started = only(events, 'InFlightExitStarted')
    expect(started.exitId).toBe(inFlightExitId(started.inFlightTx))
    expect(started.initiator).toBe(mallory.address)
    expect(started.contractTimestamp).toBe(started.timestamp)
    expect([started.signatures, started.inputTxs, started.inputUtxosPos].map(({ length }) => length)).toEqual([1, 1, 1])
    const joined = events.filter((event) => event.type === 'InFlightExitPiggybacked')
    expect(joined).toMatchObject([
      { side: 'output', index: 0, exitTarget: bob.address, txHash: started.txHash },
      { side: 'input', index: 0, exitTarget: mallory.address, txHash: started.txHash },
    ])
    const challenged = only(events, 'InFlightExitChallenged')
    expect(challenged).toMatchObject({
      txHash: started.txHash,
      challenger: alice.address,
      competitorPosition: 2n ** 256n - 1n,
      competingTxInputIndex: 0,
    })
    expect(challenged.competingTxSignature).toHaveLength(65)
    expect(only(events, 'InFlightExitBlocked')).toMatchObject({ side: 'input', index: 0, txHash: started.txHash })
  })
})

/** An exit that Mallory starts through a contract, so that its owner is that contract. */
async function exitThrough(wallet: Address, code: (start: `0x${string}`) => `0x${string}`, script: boolean) {
  const { mallory } = stage.people
  const { ethVault, paymentExitGame, bonds } = stage.deployment
  await setCode(stage.url, wallet, FORWARDER)
  const creator = depositTransaction({ owner: wallet, currency: ETH, amount: 500n as Wei })
  const deposit = encodeFunctionData({ abi: vaultAbi, functionName: 'deposit', args: [toHex(creator)] })
  const { blockNumber } = await mallory.wallet.call({ to: wallet, data: forwarded(ethVault, deposit), value: 500n })
  const made = await createRootChain(stage).events(blockNumber, blockNumber)
  const utxoPos = encodeUtxoPos({ blknum: only(made.events, 'DepositCreated').blknum, txIndex: 0, outputIndex: 0 })
  const proof = toHex(merkleProof([leafHash(creator)], 0))
  const args = [{ utxoPos, rlpOutputTx: toHex(creator), outputTxInclusionProof: proof }] as const
  const start = encodeFunctionData({ abi: exitGameAbi, functionName: 'startStandardExit', args })
  if (script) await setCode(stage.url, wallet, code(start))
  const data = script ? '0x' : code(start)
  await mallory.wallet.call({ to: wallet, data, value: bonds.standardExit })
  return { creator, utxoPos, exitGame: paymentExitGame }
}

describe('Mallory starts her exit through another contract', () => {
  const wallet = (digit: string) => `0x${digit.repeat(40)}` as Address

  test('whose calldata holds the call: it is found there without a trace', async () => {
    let exit: { creator: Uint8Array; utxoPos: UtxoPos } | undefined
    const { events, unreadable } = await during(async () => {
      exit = await exitThrough(wallet('a'), (start) => forwarded(stage.deployment.paymentExitGame, start), false)
    }, withoutTraces(stage.node))
    expect(unreadable).toEqual([])
    expect(only(events, 'ExitStarted')).toMatchObject({ utxoPos: exit?.utxoPos, outputTx: exit?.creator })
  })

  test('that makes the arguments up by itself: a trace shows them', async () => {
    let exit: { creator: Uint8Array; utxoPos: UtxoPos } | undefined
    const { events } = await during(async () => {
      exit = await exitThrough(wallet('b'), (start) => scriptedCall(stage.deployment.paymentExitGame, start), true)
    })
    expect(only(events, 'ExitStarted')).toMatchObject({ utxoPos: exit?.utxoPos, outputTx: exit?.creator })
  })

  test('and nobody traces: our own archive of the child chain has the transaction', async () => {
    const before = await createRootChain(stage).head()
    const exit = await exitThrough(wallet('c'), (start) => scriptedCall(stage.deployment.paymentExitGame, start), true)
    const node = withoutTraces(stage.node)
    const archive = (utxoPos: bigint) => (utxoPos === exit.utxoPos ? exit.creator : undefined)
    const head = await createRootChain(stage).head()
    const known = await createRootChain({ node, deployment: stage.deployment, archive }).events(
      before.number + 1n,
      head.number,
    )
    expect(only(known.events, 'ExitStarted')).toMatchObject({ utxoPos: exit.utxoPos, outputTx: exit.creator })

    const blind = await createRootChain({ node, deployment: stage.deployment }).events(before.number + 1n, head.number)
    expect(blind.events.map(({ type }) => type)).toEqual(['DepositCreated'])
    expect(blind.unreadable).toMatchObject([{ blockNumber: head.number, what: 'ExitStarted without its calldata' }])
  })
})

describe('An exit is found by the output that it exits', () => {
  test('with the transaction that started it, without it, and with a wrong one', async () => {
    const { carol } = stage.people
    const chain = createRootChain(stage)
    const coin = await carol.depositEther(300n)
    await carol.depositEther(301n).then((other) => carol.startStandardExit(other))
    const { exitId, receipt } = await carol.startStandardExit(coin)
    await mine(stage.url, 30)
    const named = { utxoPos: coin.utxoPos, owner: carol.address }
    const expected = {
      exitId,
      blockNumber: receipt.blockNumber,
      occurrence: { txHash: receipt.transactionHash, rank: 0 },
      state: { utxoPos: coin.utxoPos, exitable: true, amount: 300n, exitTarget: carol.address },
    }
    const txHash = receipt.transactionHash as Hash
    expect(await chain.locateStandardExit({ ...named, rootChainTxHash: txHash })).toMatchObject(expected)
    expect(await chain.locateStandardExit(named)).toMatchObject(expected)
    const nowhere = `0x${'12'.repeat(32)}` as Hash
    expect(await chain.locateStandardExit({ ...named, rootChainTxHash: nowhere })).toMatchObject(expected)
    expect(await chain.locateStandardExit({ ...named, owner: stage.people.guard.address })).toBeUndefined()
  })
})

describe('A node that is behind, or changes its mind', () => {
  test('asked for blocks that it does not have, it is unavailable and not silent', async () => {
    const chain = createRootChain(stage)
    const { number } = await chain.head()
    await expect(chain.events(number, number + 5n)).rejects.toThrow(RootChainUnavailableError)
    expect(await chain.block(number + 5n)).toBeUndefined()
  })

  test('after a reorganisation the blocks have other hashes, and the lost events are gone', async () => {
    const chain = createRootChain(stage)
    const { alice } = stage.people
    await alice.depositEther(50n)
    const head = await chain.head()
    const before = await chain.events(head.number, head.number)
    await reorganise(stage.url, 1)
    const after = await chain.events(head.number, head.number)
    expect(before.events).toHaveLength(1)
    expect(after.events).toEqual([])
    expect((await chain.block(head.number))?.hash).not.toBe(head.hash)
  })

  test('child blocks that were never submitted do not exist', async () => {
    const chain = createRootChain(stage)
    expect(await chain.submittedBlock(1000n)).toBeUndefined()
    expect(await chain.nextChildBlock()).toBe(1000n)
    expect(await chain.submittedBlock(1n)).toMatchObject({ timestamp: expect.anything() })
  })
})
