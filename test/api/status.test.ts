import { describe, expect, test } from '@jest/globals'
import { toHex } from '../../src/lib/bytes.ts'
import { ETH } from '../../src/plasma/units.ts'
import { alice, bob, mallory } from '../support/signers.ts'
import { at, pay, payment } from '../support/transactions.ts'
import { network } from '../watcher/network.ts'
import { contracts, success, useApi } from './serve.ts'

const serving = useApi()

type Status = { byzantine_events: unknown[]; in_flight_exits: unknown[] }
const dataOf = (envelope: Record<string, unknown>) => envelope['data'] as Status

describe('/status.get', () => {
  test('on a chain where nothing happened', async () => {
    const net = network()
    const { look, post } = serving(net)
    await look()
    const services = [
      'block_getter',
      'challenges_responds_processor',
      'competitor_processor',
      'depositor',
      'exit_challenger',
      'exit_finalizer',
      'exit_processor',
      'ife_exit_finalizer',
      'in_flight_exit_deleted_processor',
      'in_flight_exit_processor',
      'piggyback_challenges_processor',
      'piggyback_processor',
      'root_chain_height',
    ]
    expect(await post('/status.get', {})).toEqual(
      success({
        byzantine_events: [],
        byzantine_since: null,
        secure: true,
        contract_addr: {
          plasma_framework: contracts.framework,
          eth_vault: contracts.ethVault,
          erc20_vault: contracts.erc20Vault,
          payment_exit_game: contracts.paymentExitGame,
        },
        eth_syncing: false,
        in_flight_exits: [],
        last_mined_child_block_number: 0n,
        last_mined_child_block_timestamp: 0n,
        last_seen_eth_block_number: 0n,
        last_seen_eth_block_timestamp: 1_600_000_000n,
        last_validated_child_block_number: 0n,
        last_validated_child_block_timestamp: 0n,
        services_synced_heights: services.map((service) => ({ service, height: 0n })),
      }),
    )
  })

  test('needs no body', async () => {
    const { look, request } = serving(network())
    await look()
    expect((await request('POST', '/status.get')).envelope).toMatchObject({ success: true })
  })

  test('Mallory exits a coin that she spent, and nobody challenges', async () => {
    const net = network()
    const { look, post } = serving(net)
    const amount = 2n ** 100n
    const coin = net.deposit(mallory, amount)
    const spend = payment([{ utxoPos: coin, signer: mallory }], [pay(bob, amount)])
    net.submit([spend])
    net.startExit(mallory, coin, net.depositTx(mallory, amount))
    const started = net.chain.head()
    net.chain.wait(20)
    await look()
    const since = { eth_height: 3n, timestamp: started?.timestamp }
    const details = {
      byzantine_since: since,
      cause: { txhash: spend.transaction.txHash, blknum: 1000n, txindex: 0n },
      deadline: (started?.timestamp ?? 0n) + 600n,
      amount,
      currency: ETH,
      eth_height: 3n,
      owner: mallory.address,
      root_chain_txhash: expect.stringMatching(/^0x[0-9a-f]{64}$/) as unknown,
      scheduled_finalization_time: (started?.timestamp ?? 0n) + 600n,
      spending_txhash: spend.transaction.txHash,
      utxo_pos: 1_000_000_000n,
    }
    const data = dataOf(await post('/status.get', {}))
    expect(data.byzantine_events).toEqual([
      { event: 'unchallenged_exit', details: { name: 'unchallenged_exit', ...details } },
      { event: 'invalid_exit', details: { name: 'invalid_exit', ...details } },
    ])
    expect(data).toMatchObject({ secure: false, byzantine_since: since })
  })

  test('an exit that nobody can challenge has a null where the spend would be', async () => {
    const net = network()
    const { look, post } = serving(net)
    net.submit([])
    net.startExit(
      mallory,
      at(1000n),
      payment([{ utxoPos: at(1n), signer: mallory }], [pay(mallory, 9n)]).transaction.raw,
    )
    await look()
    const data = dataOf(await post('/status.get', {}))
    expect(data.byzantine_events).toMatchObject([
      { event: 'invalid_exit', details: { spending_txhash: null, cause: null } },
    ])
    expect(data).toMatchObject({ secure: true, byzantine_since: null })
  })

  test('Mallory exits an in-flight payment of a coin that she paid away, and piggybacks', async () => {
    const net = network()
    const { look, post } = serving(net)
    const coin = net.deposit(mallory, 10n)
    const paid = payment([{ utxoPos: coin, signer: mallory }], [pay(bob, 10n)])
    net.submit([paid])
    const own = payment([{ utxoPos: coin, signer: mallory }], [pay(mallory, 7n), pay(alice, 3n)])
    net.startInFlightExit(mallory, own, [net.depositTx(mallory, 10n)])
    const started = net.chain.head()?.timestamp ?? 0n
    const { txHash, raw } = own.transaction
    net.chain.mine({ type: 'InFlightExitPiggybacked', txHash, side: 'input', index: 0, exitTarget: mallory.address })
    net.chain.mine({ type: 'InFlightExitPiggybacked', txHash, side: 'output', index: 0, exitTarget: mallory.address })
    await look()
    const txbytes = toHex(raw)
    const data = dataOf(await post('/status.get', {}))
    const spend = { txhash: paid.transaction.txHash, blknum: 1000n, txindex: 0n }
    const ofExit = { byzantine_since: { eth_height: 3n, timestamp: started }, deadline: started + 299n }
    expect(data.byzantine_events).toEqual([
      {
        event: 'invalid_piggyback',
        details: {
          name: 'invalid_piggyback',
          txbytes,
          inputs: [0n],
          outputs: [],
          byzantine_since: { eth_height: 4n, timestamp: started + 15n },
          cause: [{ type: 'input', index: 0n, ...spend }],
          // Two periods after the deposit, which was mined two blocks before the exit was started.
          deadline: started - 30n + 1_200n,
        },
      },
      { event: 'non_canonical_ife', details: { name: 'non_canonical_ife', txbytes, ...ofExit, cause: spend } },
      {
        event: 'piggyback_available',
        details: {
          name: 'piggyback_available',
          txbytes,
          available_inputs: [],
          available_outputs: [{ index: 1n, address: alice.address }],
          ...ofExit,
          cause: null,
        },
      },
    ])
    expect(data).toMatchObject({ secure: true, byzantine_since: null })
    expect(data.in_flight_exits).toEqual([
      { txhash: txHash, txbytes, eth_height: 3n, piggybacked_inputs: [0n], piggybacked_outputs: [0n] },
    ])
  })

  test('the operator submits a bad block and keeps the next one to himself', async () => {
    const net = network()
    const { look, post } = serving(net)
    const bad = net.submit([payment([{ utxoPos: at(7n), signer: mallory }], [pay(mallory, 10n)])])
    const submittedAt = net.chain.head()?.timestamp
    const hidden = net.submit([payment([{ utxoPos: at(8n), signer: mallory }], [pay(mallory, 10n)])])
    net.withhold(hidden)
    const firstMissed = net.chain.head()?.timestamp
    await look()
    net.chain.pass(300n)
    net.chain.mine()
    await look()
    await look()
    expect(await post('/status.get', {})).toMatchObject({
      data: {
        byzantine_events: [
          {
            event: 'invalid_block',
            details: {
              name: 'invalid_block',
              blknum: 1000n,
              hash: bad.root,
              error_type: 'tx_execution',
              byzantine_since: { eth_height: 1n },
              cause: { rule: 'tx_execution', reason: 'utxo_not_found', txindex: 0n },
              deadline: (submittedAt ?? 0n) + 599n,
            },
          },
          {
            event: 'block_withholding',
            details: {
              name: 'block_withholding',
              blknum: 2000n,
              hash: hidden.root,
              byzantine_since: { eth_height: 2n, timestamp: firstMissed },
              cause: null,
            },
          },
        ],
        secure: false,
        byzantine_since: { eth_height: 1n },
        last_mined_child_block_number: 2000n,
        last_validated_child_block_number: 0n,
      },
    })
  })

  test('what brings money home is ours alone, and not on this wire', async () => {
    const net = network()
    const { look, post } = serving(net)
    const coin = net.deposit(alice, 10n)
    net.startExit(alice, coin, net.depositTx(alice, 10n))
    net.chain.pass(1_000n)
    net.chain.mine()
    expect((await look())?.conditions).toMatchObject([{ type: 'exit_processable' }])
    expect(dataOf(await post('/status.get', {})).byzantine_events).toEqual([])
  })
})
