import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createRemoteWatcher } from '../../src/chain/remote-watcher.ts'
import type { UtxoPos } from '../../src/plasma/units.ts'
import { answering, type HttpServer, startServer } from './http-server.ts'

let server: HttpServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

const watcher = (timeoutMs = 20_000) => createRemoteWatcher({ url: server.url, timeoutMs })
const enveloped = (data: unknown, success = true) =>
  JSON.stringify({ version: '1.0.5+abc', service_name: 'watcher', success, data })
const address = `0x${'a1'.repeat(20)}`
const hash = `0x${'b2'.repeat(32)}`

/** JSON text, so that numbers beyond 2^53 stand as the Watcher writes them. */
function statusText(events: readonly string[], rest = '"last_seen_eth_block_number": 100'): string {
  return `{"version":"1","service_name":"watcher","success":true,"data":{"byzantine_events":[${events.join(',')}],${rest}}}`
}

const event = (name: string, details: string) => `{"event":"${name}","details":{"name":"${name}",${details}}}`
const standardExit = `"utxo_pos": 9007199254740993000010001, "owner": "${address}", "currency": "0x${'0'.repeat(40)}",
  "amount": 100000000000000000001, "eth_height": 521, "root_chain_txhash": "${hash}", "spending_txhash": null,
  "scheduled_finalization_time": 1588}`
const ofExit = standardExit.slice(0, -1)

async function reportsOf(...events: readonly string[]) {
  server.behave(answering(statusText(events)))
  const answer = await watcher().status()
  if (!answer.ok) throw new Error(answer.reason)
  return answer.status.reports
}

describe('The status of a Watcher', () => {
  test('says what it sees, without rounding', async () => {
    const reports = await reportsOf(event('invalid_exit', ofExit), event('unchallenged_exit', ofExit))
    const details = {
      utxo_pos: 9007199254740993000010001n,
      owner: address,
      currency: `0x${'0'.repeat(40)}`,
      amount: 100000000000000000001n,
      eth_height: 521n,
      root_chain_txhash: hash,
      spending_txhash: undefined,
      scheduled_finalization_time: 1588n,
    }
    expect(reports).toEqual([
      { is: 'report', report: { event: 'invalid_exit', ...details } },
      { is: 'report', report: { event: 'unchallenged_exit', ...details } },
    ])
  })

  test('names the events of in-flight exits in both spellings', async () => {
    const names = [
      ['noncanonical_ife', 'noncanonical_ife'],
      ['non_canonical_ife', 'noncanonical_ife'],
      ['unchallenged_noncanonical_ife', 'unchallenged_noncanonical_ife'],
      ['unchallenged_non_canonical_ife', 'unchallenged_noncanonical_ife'],
      ['invalid_ife_challenge', 'invalid_ife_challenge'],
    ] as const
    const reports = await reportsOf(...names.map(([name]) => event(name, '"txbytes":"0xf801"')))
    expect(reports).toEqual(
      names.map(([, name]) => ({ is: 'report', report: { event: name, txbytes: Uint8Array.of(0xf8, 1) } })),
    )
  })

  test('names pieces by their indexes', async () => {
    const reports = await reportsOf(
      event('invalid_piggyback', '"txbytes":"0x01","inputs":[0,3],"outputs":[]'),
      event('unchallenged_piggyback', '"txbytes":"0x01","inputs":[],"outputs":[1]'),
      event('piggyback_available', `"txbytes":"0x01","available_inputs":[{"index":1,"address":"${address}"}]`),
    )
    expect(reports.map((parsed) => parsed.is === 'report' && parsed.report)).toEqual([
      { event: 'invalid_piggyback', txbytes: Uint8Array.of(1), inputs: [0, 3], outputs: [] },
      { event: 'unchallenged_piggyback', txbytes: Uint8Array.of(1), inputs: [], outputs: [1] },
      {
        event: 'piggyback_available',
        txbytes: Uint8Array.of(1),
        available_inputs: [{ index: 1, address }],
        available_outputs: [],
      },
    ])
  })

  test('names a bad block by hash, or by blockhash', async () => {
    const reports = await reportsOf(
      event('invalid_block', `"blknum":3000,"hash":"${hash}","error_type":"tx_execution"`),
      event('invalid_block', `"blknum":3000,"blockhash":"${hash}","error_type":"incorrect_hash"`),
      event('block_withholding', `"blknum":4000,"hash":"${hash}"`),
    )
    expect(reports.map((parsed) => parsed.is === 'report' && parsed.report)).toEqual([
      { event: 'invalid_block', blknum: 3000n, hash, error_type: 'tx_execution' },
      { event: 'invalid_block', blknum: 3000n, hash, error_type: 'incorrect_hash' },
      { event: 'block_withholding', blknum: 4000n, hash, error_type: undefined },
    ])
  })

  test('a bad or a new event never hides the others', async () => {
    const reports = await reportsOf(
      'null',
      '{"event":"invalid_exit"}',
      event('invalid_exit', '"utxo_pos":"12"'),
      event('moon_is_down', '"why":1'),
      event('toString', '"why":1'),
      event('invalid_block', '"blknum":3000'),
      event('invalid_piggyback', '"txbytes":"0x1","inputs":[],"outputs":[]'),
      event('invalid_piggyback', '"txbytes":"0x01","inputs":[70000],"outputs":[]'),
      event('invalid_exit', ofExit),
    )
    expect(reports.map(({ is }) => is)).toEqual([
      ...['malformed', 'malformed', 'malformed', 'unknown', 'unknown', 'malformed', 'malformed', 'malformed'],
      'report',
    ])
    expect(reports[3]).toEqual({ is: 'unknown', event: 'moon_is_down' })
    expect(reports[2]).toMatchObject({ is: 'malformed', event: 'invalid_exit' })
  })

  test('says how far it has come', async () => {
    const heights = `"last_seen_eth_block_number": 512, "last_validated_child_block_number": 9000,
      "last_mined_child_block_number": 10000, "services_synced_heights": [{"service":"block_getter","height":511}],
      "eth_syncing": false, "in_flight_exits": []`
    server.behave(answering(statusText([], heights)))
    expect(await watcher().status()).toEqual({
      ok: true,
      status: {
        reports: [],
        lastSeenEthBlock: 512n,
        lastValidatedChildBlock: 9000n,
        lastMinedChildBlock: 10000n,
        syncedHeights: [{ service: 'block_getter', height: 511n }],
      },
    })
  })

  test.each([
    [enveloped({ object: 'error', code: 'operation:service_unavailable' }, false), 'operation:service_unavailable'],
    [enveloped({}, false), 'unknown'],
    [enveloped({}), 'status of an unknown shape'],
    [enveloped({ byzantine_events: 'none', last_seen_eth_block_number: 1 }), 'status of an unknown shape'],
    ['{"all":"well"}', 'no envelope'],
    ['"all is well"', 'no envelope'],
    ['all is well', 'malformed'],
  ])('%s is no answer', async (body, reason) => {
    server.behave(answering(body))
    expect(await watcher().status()).toEqual({ ok: false, reason })
  })

  test('silence is no answer', async () => {
    server.behave(() => undefined)
    expect(await watcher(50).status()).toEqual({ ok: false, reason: 'timeout' })
  })
})

describe('The Watcher serves what an answer needs', () => {
  const tx = Uint8Array.of(0xc0)
  const served = (data: string) => answering(`{"success":true,"data":{${data}}}`)
  const one = Uint8Array.of(1)
  const two = Uint8Array.of(2)

  test('for a standard exit', async () => {
    let body = ''
    server.behave((request, response) => {
      body = request.body
      response.end(
        '{"success":true,"data":{"exit_id":1461501637330902918203684832716283019655932542975,"exiting_tx":"0x01","txbytes":"0x02","input_index":3,"sig":"0x01"}}',
      )
    })
    expect(await watcher().challengeData(9_007_199_254_740_993n as UtxoPos)).toEqual({
      ok: true,
      data: { exitId: 2n ** 160n - 1n, exitingTx: one, challengeTx: two, inputIndex: 3, signature: one },
    })
    expect(body).toBe('{"utxo_pos":9007199254740993}')
  })

  test('for in-flight exits', async () => {
    server.behave(
      served(
        '"in_flight_txbytes":"0x01","in_flight_input_index":0,"competing_txbytes":"0x02","competing_input_index":1,"competing_sig":"0x01","competing_tx_pos":0,"competing_proof":"0x","input_tx":"0x02","input_utxo_pos":1000000000',
      ),
    )
    expect(await watcher().competitor(tx)).toMatchObject({
      ok: true,
      data: { competing_tx_pos: 0n, competing_proof: new Uint8Array(), input_utxo_pos: 1_000_000_000n },
    })
    server.behave(served('"in_flight_txbytes":"0x01","in_flight_tx_pos":2000000010000,"in_flight_proof":"0x02"'))
    expect(await watcher().canonicalProof(tx)).toEqual({
      ok: true,
      data: { in_flight_txbytes: one, in_flight_tx_pos: 2_000_000_010_000n, in_flight_proof: two },
    })
    const spending = '"spending_txbytes":"0x02","spending_input_index":1,"spending_sig":"0x01"'
    server.behave(
      served(`"in_flight_txbytes":"0x01","in_flight_input_index":2,${spending},"input_tx":"0x02","input_utxo_pos":7`),
    )
    expect(await watcher().inputChallenge(tx, 2)).toMatchObject({
      data: { in_flight_input_index: 2, spending_input_index: 1, spending_txbytes: two, input_utxo_pos: 7n },
    })
    server.behave(served(`"in_flight_txbytes":"0x01","in_flight_output_pos":9,"in_flight_proof":"0x02",${spending}`))
    expect(await watcher().outputChallenge(tx, 0)).toMatchObject({
      data: { in_flight_output_pos: 9n, in_flight_proof: two, spending_sig: one },
    })
  })

  test('for leaving', async () => {
    server.behave(served('"utxo_pos":5,"txbytes":"0x01","proof":"0x02"'))
    expect(await watcher().exitData(5n as UtxoPos)).toEqual({
      ok: true,
      data: { utxoPos: 5n, outputTx: one, proof: two },
    })
    server.behave(
      served(
        '"in_flight_tx":"0x01","input_txs":["0x02"],"input_utxos_pos":[5],"input_txs_inclusion_proofs":["0x01"],"in_flight_tx_sigs":["0x02"]',
      ),
    )
    expect(await watcher().inFlightExitData(tx)).toEqual({
      ok: true,
      data: {
        inFlightTx: one,
        inputTxs: [two],
        inputUtxosPos: [5n],
        inputTxsInclusionProofs: [one],
        signatures: [two],
      },
    })
  })

  test('or says why not, in a code of the API', async () => {
    server.behave(answering(enveloped({ object: 'error', code: 'challenge:exit_not_found' }, false)))
    expect(await watcher().challengeData(1n as UtxoPos)).toEqual({ ok: false, code: 'challenge:exit_not_found' })
  })

  test('or nothing of use: that is an error to be tried again', async () => {
    server.behave(answering(enveloped({ exit_id: 'seven' })))
    await expect(watcher().challengeData(1n as UtxoPos)).rejects.toMatchObject({
      code: 'REMOTE_WATCHER_UNUSABLE',
      retryable: true,
    })
    server.behave(answering('[]'))
    await expect(watcher().exitData(1n as UtxoPos)).rejects.toMatchObject({ code: 'REMOTE_WATCHER_UNUSABLE' })
    server.behave((_, response) => response.destroy())
    await expect(watcher().exitData(1n as UtxoPos)).rejects.toMatchObject({ code: 'HTTP_FAILED', retryable: true })
  })
})
