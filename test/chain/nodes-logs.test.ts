import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { logEntry } from '../../src/chain/shapes.ts'
import { fakeNode, type FakeNode, hashOf, together, value } from './fake-nodes.ts'

describe('Logs', () => {
  const address = `0x${'a'.repeat(40)}`
  const log = (block: number, index = 0) => ({
    ...{ address, topics: [hashOf('topic')], data: '0x', blockNumber: `0x${block.toString(16)}` },
    ...{ blockHash: hashOf(`main ${block}`), transactionHash: hashOf('tx'), logIndex: `0x${index.toString(16)}` },
  })
  /** A bloom of none of these. */
  const silent = `0x${'00'.repeat(255)}01`
  const telling = (logs: object[], logsBloom?: string) =>
    fakeNode({
      disturb: (method, params) => {
        if (method === 'eth_getLogs') return value(logs)
        const height = Number(params[0])
        if (method !== 'eth_getBlockByNumber' || !(height > 0) || logsBloom === undefined) return undefined
        return value({ number: params[0], hash: hashOf(`main ${height}`), timestamp: '0x1', logsBloom })
      },
    })
  const read = (fakes: FakeNode[]) => {
    const { pool } = together(fakes)
    return pool.ask('eth_getLogs', [{}], z.array(logEntry)).then((logs) => logs.map(({ logIndex }) => logIndex))
  }

  test('that one node invents are left out where the blocks of another cannot hold them', async () => {
    expect(await read([telling([log(50), log(50, 1)]), telling([log(50)], silent)])).toEqual([0])
    const elsewhere = { ...log(50, 1), blockHash: hashOf('nowhere') }
    expect(await read([telling([log(50), elsewhere]), telling([log(50)])])).toEqual([0])
  })

  test('that one node leaves out are taken from the other', async () => {
    expect(await read([telling([]), telling([log(50), log(51)])])).toEqual([0, 0])
  })

  test('that two nodes tell twice, or in another order, are no contradiction', async () => {
    const [first, second] = [log(50), log(50, 1)]
    expect(new Set(await read([telling([first, second, first]), telling([second, first], silent)]))).toEqual(
      new Set([0, 1]),
    )
  })

  test('of two nodes that each tell what the other cannot hold are no answer', async () => {
    const pair = [telling([log(50)], silent), telling([log(51)], silent)]
    await expect(read(pair)).rejects.toMatchObject({ code: 'NODES_DISAGREE' })
  })
})
