import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { encodeFunctionData } from 'viem'
import { exitGameAbi } from '../../src/chain/abi.ts'
import { createNode } from '../../src/chain/node.ts'
import { createRootChain } from '../../src/chain/root-chain.ts'
import { tracedCalls } from '../../src/chain/trace.ts'
import { standardExitId } from '../../src/exit-game/exit-id.ts'
import { toHex } from '../../src/lib/bytes.ts'
import { depositTransaction } from '../../src/plasma/encode-transaction.ts'
import { type Address, ETH, type UtxoPos, type Wei } from '../../src/plasma/units.ts'
import { alice, mallory } from '../support/signers.ts'
import {
  type Answers,
  blockAt,
  depositCreated,
  deployment,
  exitStarted,
  numbered,
  quantity,
  type RawLog,
  Refusal,
  speaking,
  stateOf,
  submitted,
  timeOf,
} from './fake-root-chain.ts'
import { answering, type HttpServer, startServer } from './http-server.ts'

let server: HttpServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

type Filter = { fromBlock?: string; toBlock?: string; blockHash?: string }
const HEAD = 1_000

/** A node of an honest chain with these logs; `change` is what is wrong with it. */
function honest(logs: readonly RawLog[], change: Answers = {}): Answers {
  return {
    eth_getLogs: ([{ fromBlock, toBlock, blockHash }]: readonly [Filter]) =>
      logs.filter((log) =>
        blockHash === undefined
          ? Number(log.blockNumber) >= Number(fromBlock) && Number(log.blockNumber) <= Number(toBlock)
          : log.blockHash === blockHash,
      ),
    eth_getBlockByNumber: ([tag]: readonly [string]) => blockAt(tag === 'latest' ? HEAD : Number(tag)),
    eth_call: stateOf({}),
    eth_getTransactionByHash: () => null,
    ...change,
  }
}

function read(
  answers: Answers,
  { from = 10n, to = 20n, asked }: { from?: bigint; to?: bigint; asked?: string[] } = {},
) {
  server.behave(speaking(answers, asked))
  return createRootChain({ node: createNode({ urls: [server.url] }), deployment }).events(from, to)
}

const unavailable = (reason: RegExp | string) => ({
  code: 'ROOT_CHAIN_UNAVAILABLE',
  retryable: true,
  reason: expect.stringMatching(reason),
})
const moved = { code: 'ROOT_CHAIN_MOVED', retryable: true }
/** Of a bloom that holds none of our words. */
const SILENT = `0x${'00'.repeat(255)}01`

describe('A node that lags', () => {
  test('has no logs of blocks that it does not have: that is no silence', async () => {
    const lagging = honest([], { eth_getBlockByNumber: () => null })
    await expect(read(lagging)).rejects.toMatchObject(unavailable('no block 20'))
  })

  test('knows the transaction of a young log only later, and gives up on an old one', async () => {
    const exit = { owner: alice.address, exitId: 5n }
    const young = honest([exitStarted(HEAD - 1, exit)])
    const range = { from: BigInt(HEAD - 5), to: BigInt(HEAD) }
    await expect(read(young, range)).rejects.toMatchObject(unavailable('no such transaction'))
    const old = honest([exitStarted(15, exit), submitted(16, 1000n)])
    expect(await read(old)).toMatchObject({
      events: [{ type: 'BlockSubmitted' }],
      unreadable: [{ blockNumber: 15n, what: 'ExitStarted without its calldata' }],
    })
  })

  test('finds a transaction that it has no index of by its place in the block', async () => {
    const outputTx = depositTransaction({ owner: alice.address, currency: ETH, amount: 9n as Wei })
    const utxoPos = 1_000_000_000n as UtxoPos
    const args = [{ utxoPos, rlpOutputTx: toHex(outputTx), outputTxInclusionProof: '0x' }] as const
    const input = encodeFunctionData({ abi: exitGameAbi, functionName: 'startStandardExit', args })
    const log = exitStarted(15, { owner: alice.address, exitId: standardExitId(outputTx, utxoPos) })
    const placed = ([blockHash, index]: readonly [string, string]) =>
      blockHash === log.blockHash && index === log.transactionIndex
        ? { hash: log.transactionHash, to: deployment.paymentExitGame, input }
        : null
    const pruned = honest([log], { eth_getTransactionByBlockHashAndIndex: placed })
    expect((await read(pruned)).events).toMatchObject([{ type: 'ExitStarted', utxoPos, outputTx, exitable: false }])
  })

  test('answers about a young exit from the state of the last block, or not at all', async () => {
    const outputTx = depositTransaction({ owner: alice.address, currency: ETH, amount: 9n as Wei })
    const utxoPos = 1_000_000_000n as UtxoPos
    const exitId = standardExitId(outputTx, utxoPos)
    const args = [{ utxoPos, rlpOutputTx: toHex(outputTx), outputTxInclusionProof: '0x' }] as const
    const input = encodeFunctionData({ abi: exitGameAbi, functionName: 'startStandardExit', args })
    const held = stateOf({ standardExit: () => ({ exitable: true, utxoPos, exitTarget: alice.address, amount: 9n }) })
    const started = (block: number, withoutStates: boolean) =>
      honest([exitStarted(block, { owner: alice.address, exitId })], {
        eth_getTransactionByHash: ([hash]: readonly [string]) => ({ hash, to: deployment.paymentExitGame, input }),
        eth_call: (params: readonly [never, string]) => {
          if (withoutStates && params[1] !== 'latest') throw new Refusal(-32000, 'missing trie node')
          return held(params)
        },
      })
    const range = { from: BigInt(HEAD - 5), to: BigInt(HEAD) }
    expect((await read(started(HEAD - 1, false), range)).events).toMatchObject([{ exitable: true, utxoPos }])
    await expect(read(started(HEAD - 1, true), range)).rejects.toMatchObject(unavailable('rpc error -32000'))
    // A node that keeps no old states says what holds now.
    expect((await read(started(15, true))).events).toMatchObject([{ exitable: true, utxoPos }])
  })
})

describe('A node that forks', () => {
  test('a log of a block that is not at its height is no fact', async () => {
    await expect(read(honest([{ ...submitted(15, 1000n), blockHash: numbered(15, 7) }]))).rejects.toMatchObject(moved)
    const both = [submitted(15, 1000n), { ...submitted(15, 1000n), blockHash: numbered(15, 7), logIndex: '0x1' }]
    await expect(read(honest(both))).rejects.toMatchObject(moved)
    await expect(read(honest([{ ...submitted(20, 1000n), blockHash: numbered(20, 7) }]))).rejects.toMatchObject(moved)
  })

  test('a deposit that the framework does not hold, or not of that time, is none', async () => {
    const logs = [depositCreated(15, { depositor: alice.address, blknum: 1n })]
    await expect(read(honest(logs))).rejects.toMatchObject(moved)
    const another = stateOf({ blocks: () => [numbered(1, 5), BigInt(timeOf(14))] })
    await expect(read(honest(logs, { eth_call: another }))).rejects.toMatchObject(moved)
    const held = stateOf({ blocks: () => [numbered(1, 5), BigInt(timeOf(15))] })
    expect(await read(honest(logs, { eth_call: held }))).toMatchObject({
      events: [{ type: 'DepositCreated', depositor: alice.address, amount: 9n }],
      unreadable: [{ what: 'DepositCreated without its transaction' }],
    })
  })
})

describe('A node that forgets logs', () => {
  const logs = [submitted(20, 1000n)]
  const forgetful = (byHash: () => unknown) =>
    honest([], { eth_getLogs: ([{ blockHash }]: readonly [Filter]) => (blockHash === undefined ? [] : byHash()) })

  test('of its last block, is asked again for that block alone', async () => {
    await expect(read(forgetful(() => logs))).rejects.toMatchObject(unavailable('left out'))
    expect((await read(forgetful(() => []))).events).toEqual([])
    const unknown = () => {
      throw new Refusal(-32000, 'unknown block')
    }
    await expect(read(forgetful(unknown))).rejects.toMatchObject(unavailable('rpc error -32000'))
    const unasked = () => {
      throw new Refusal(-32602, 'invalid argument 0: cannot specify blockHash')
    }
    expect((await read(forgetful(unasked))).events).toEqual([])
  })

  test('only where the header says that there may be some', async () => {
    for (const logsBloom of [SILENT, `0x${'00'.repeat(256)}`, null]) {
      const asked: string[] = []
      const quiet = {
        ...forgetful(() => logs),
        eth_getBlockByNumber: ([tag]: readonly [string]) => blockAt(Number(tag), { logsBloom }),
      }
      expect((await read(quiet, { asked })).events).toEqual([])
      expect(asked).toEqual(['eth_getLogs', 'eth_getBlockByNumber'])
    }
  })

  test('or makes them up: a block whose header denies a log does not hold it', async () => {
    const denying = { eth_getBlockByNumber: ([tag]: readonly [string]) => blockAt(Number(tag), { logsBloom: SILENT }) }
    await expect(read(honest([submitted(15, 1000n)], denying))).rejects.toMatchObject(unavailable('does not hold'))
  })
})

describe('A node that answers oddly', () => {
  test('trap 21: removed logs anywhere in an answer are left out, and those behind them are not', async () => {
    const gone = { ...submitted(11, 1000n), removed: true }
    const odd = honest([], {
      eth_getLogs: ([{ blockHash }]: readonly [Filter]) => (blockHash === undefined ? told : []),
    })
    const told = [
      { ...gone, blockNumber: null, blockHash: null, logIndex: null },
      submitted(12, 2000n),
      gone,
      submitted(13, 3000n),
      { removed: true },
      submitted(14, 4000n),
    ]
    const { events } = await read(odd)
    expect(events).toMatchObject([{ blknum: 2000n }, { blknum: 3000n }, { blknum: 4000n }])
  })

  test('logs in no order and twice are put in order, each once', async () => {
    const logs = [submitted(14, 4000n), submitted(12, 2000n), submitted(14, 4000n), submitted(13, 3000n)]
    expect((await read(honest(logs))).events.map(({ blockNumber }) => blockNumber)).toEqual([12n, 13n, 14n])
    const two = [submitted(14, 4000n), submitted(14, 5000n)]
    await expect(read(honest(two))).rejects.toMatchObject(unavailable('two logs'))
  })

  test('each block is asked for once, however many logs it has', async () => {
    const logs = Array.from({ length: 40 }, (_, at) => ({
      ...submitted(12 + (at % 3), BigInt(1000 * at)),
      logIndex: quantity(at),
    }))
    const asked: string[] = []
    expect((await read(honest(logs), { asked })).events).toHaveLength(40)
    expect(asked.filter((method) => method === 'eth_getBlockByNumber')).toHaveLength(4)
  })

  test('a log that only looks like an event of ours does not hide the others', async () => {
    const cut = { ...submitted(12, 2000n), data: '0x1234' as const }
    expect(await read(honest([cut, submitted(13, 3000n)]))).toMatchObject({
      events: [{ blknum: 3000n }],
      unreadable: [{ blockNumber: 12n }],
    })
  })

  test('an answer larger than we take is too much, and so is a refusal with an http status', async () => {
    server.behave((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const part = Buffer.alloc(1024 * 1024, ' ')
      for (let megabyte = 0; megabyte < 66 && !response.destroyed; megabyte++) response.write(part)
      response.end('[]')
    })
    const chain = createRootChain({ node: createNode({ urls: [server.url] }), deployment })
    await expect(chain.events(5n, 5n)).rejects.toMatchObject(unavailable('one block is too much'))

    const answers = honest([submitted(12, 2000n), submitted(18, 3000n)])
    server.behave((request, response) => {
      const { id, params } = JSON.parse(request.body) as { id: number; params: [Filter] }
      const { fromBlock, toBlock } = params[0]
      const wide = toBlock !== undefined && Number(toBlock) - Number(fromBlock) >= 3
      const error = { code: -32614, message: 'eth_getLogs is limited to a 3 range' }
      const behave = wide ? answering(JSON.stringify({ jsonrpc: '2.0', id, error }), 413) : speaking(answers)
      behave(request, response)
    })
    expect((await chain.events(10n, 20n)).events).toHaveLength(2)
  })

  test('as many logs as a round limit may be not all: they are asked for again in parts', async () => {
    const logs = Array.from({ length: 150 }, (_, at) => ({
      ...submitted(11 + (at % 9), BigInt(1000 * (at + 1))),
      logIndex: quantity(at),
    }))
    const whole = honest(logs)
    const cutting = honest(logs, {
      eth_getLogs: (params) => (whole['eth_getLogs']?.(params) as RawLog[]).slice(0, 100),
    })
    expect((await read(cutting)).events).toHaveLength(150)
  })
})

describe('A trace', () => {
  const game = deployment.paymentExitGame
  const call = (input: string, more: object = {}) => ({ type: 'CALL', to: game, input, ...more })
  const traced = async (frame: unknown, to: Address = game) => {
    server.behave(speaking({ debug_traceTransaction: () => frame }))
    return tracedCalls(createNode({ urls: [server.url] }), numbered(1), to)
  }

  test('shows the calls that were made, in their order; not failed ones, nor code that was only borrowed', async () => {
    const wallet = { type: 'CALL', to: mallory.address, input: '0x' }
    const frame = {
      ...wallet,
      calls: [
        call('0x01', { calls: [call('0x02')] }),
        call('0x03', { error: 'execution reverted', calls: [call('0x04')] }),
        call('0x05', { type: 'DELEGATECALL' }),
        call('0x06', { type: 'STATICCALL' }),
        { ...wallet, calls: [call('0x07'), { type: 'CALL', to: 5, input: 'nonsense' }] },
        call('0x08', { type: 'call' }),
      ],
    }
    expect(await traced(frame)).toEqual(['0x01', '0x02', '0x07', '0x08'])
  })

  test('may be thousands of calls deep, or nonsense', async () => {
    const depth = 3_000
    const outer = `{"type":"CALL","to":"${mallory.address}","input":"0x","calls":[`
    const deep = `${outer.repeat(depth)}${JSON.stringify(call('0xaa'))}${']}'.repeat(depth)}`
    server.behave(answering(`{"jsonrpc":"2.0","id":1,"result":${deep}}`))
    expect(await tracedCalls(createNode({ urls: [server.url] }), numbered(1), game)).toEqual(['0xaa'])
    for (const nonsense of [null, 5, 'no', [], { calls: 7 }]) expect(await traced(nonsense)).toEqual([])
  })
})
