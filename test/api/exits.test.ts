import { describe, expect, test } from '@jest/globals'
import { fromHex, toHex, type Hex } from '../../src/lib/bytes.ts'
import { verifyProof } from '../../src/plasma/merkle.ts'
import type { UtxoPos } from '../../src/plasma/units.ts'
import { ETH } from '../../src/plasma/units.ts'
import { alice, bob, carol, mallory } from '../support/signers.ts'
import { at, pay, payment } from '../support/transactions.ts'
import { network } from '../watcher/network.ts'
import { failure, success, useApi } from './serve.ts'

const serving = useApi()
const described = { description: expect.any(String) as unknown }
const proof = expect.stringMatching(/^0x[0-9a-f]{1024}$/) as unknown

describe('/utxo.get_exit_data', () => {
  test('of a deposit', async () => {
    const net = network()
    const { look, post } = serving(net)
    const coin = net.deposit(alice, 10n)
    await look()
    expect(await post('/utxo.get_exit_data', { utxo_pos: coin })).toEqual(
      success({ utxo_pos: coin, txbytes: toHex(net.depositTx(alice, 10n)), proof }),
    )
  })

  test('of an output in a block, with a proof that holds', async () => {
    const net = network()
    const { look, post } = serving(net)
    const coins = [net.deposit(alice, 10n), net.deposit(bob, 10n)] as const
    const txs = [
      payment([{ utxoPos: coins[0], signer: alice }], [pay(bob, 10n)]),
      payment([{ utxoPos: coins[1], signer: bob }], [pay(carol, 4n), pay(bob, 6n)]),
    ] as const
    const { root } = net.submit(txs)
    await look()
    const position = at(1000n, 1, 1)
    const { data } = await post('/utxo.get_exit_data', { utxo_pos: position })
    expect(data).toEqual({ utxo_pos: position, txbytes: toHex(txs[1].transaction.raw), proof })
    const bytes = fromHex((data as { proof: Hex }).proof)
    expect(verifyProof({ root, leaf: txs[1].transaction.raw, index: 1, proof: bytes })).toBe(true)
  })

  test('of a deposit, spent or not: it may be the input of a payment in flight', async () => {
    const net = network()
    const { look, post } = serving(net)
    const coin = net.deposit(alice, 10n)
    await look()
    const before = await post('/utxo.get_exit_data', { utxo_pos: coin })
    expect(before['data']).toMatchObject({ utxo_pos: coin, txbytes: toHex(net.depositTx(alice, 10n)) })
    net.submit([payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])])
    await look()
    expect(await post('/utxo.get_exit_data', { utxo_pos: coin })).toEqual(before)
  })

  test('of an output that never was', async () => {
    const net = network()
    const { look, post } = serving(net)
    const coin = net.deposit(alice, 10n)
    net.submit([payment([{ utxoPos: coin, signer: alice }], [pay(bob, 10n)])])
    await look()
    for (const nothing of [at(2n), at(1000n, 0, 1), at(1000n, 1), at(2000n), (2n ** 200n) as UtxoPos]) {
      expect(await post('/utxo.get_exit_data', { utxo_pos: nothing })).toEqual(failure('exit:invalid', described))
    }
  })
})

describe('/utxo.get_challenge_data', () => {
  test('of an exit of a spent coin', async () => {
    const net = network()
    const { look, post } = serving(net)
    const coin = net.deposit(mallory, 10n)
    const other = net.deposit(bob, 1n)
    const spend = payment(
      [
        { utxoPos: other, signer: bob },
        { utxoPos: coin, signer: mallory },
      ],
      [pay(bob, 11n)],
    )
    net.submit([spend])
    const exitId = net.startExit(mallory, coin, net.depositTx(mallory, 10n))
    await look()
    expect(await post('/utxo.get_challenge_data', { utxo_pos: coin })).toEqual(
      success({
        exit_id: exitId,
        exiting_tx: toHex(net.depositTx(mallory, 10n)),
        txbytes: toHex(spend.transaction.raw),
        input_index: 1n,
        sig: toHex(spend.signatures[1] ?? new Uint8Array(0)),
      }),
    )
  })

  test('of an exit that nobody started, and of one that is good', async () => {
    const net = network()
    const { look, post } = serving(net)
    const coin = net.deposit(alice, 10n)
    await look()
    expect(await post('/utxo.get_challenge_data', { utxo_pos: coin })).toEqual(
      failure('challenge:exit_not_found', described),
    )
    net.startExit(alice, coin, net.depositTx(alice, 10n))
    await look()
    expect(await post('/utxo.get_challenge_data', { utxo_pos: coin })).toEqual(
      failure('challenge:utxo_not_spent', described),
    )
  })
})

describe('/account.get_exitable_utxos', () => {
  test('lists what an owner has and does not exit yet', async () => {
    const net = network()
    const { look, post } = serving(net)
    const coins = [
      net.deposit(alice, 10n),
      net.deposit(alice, 20n),
      net.deposit(alice, 30n),
      net.deposit(bob, 5n),
    ] as const
    net.submit([payment([{ utxoPos: coins[3], signer: bob }], [pay(bob, 2n), pay(alice, 3n)])])
    net.startExit(alice, coins[0], net.depositTx(alice, 10n))
    const inFlight = payment([{ utxoPos: coins[1], signer: alice }], [pay(bob, 20n)])
    net.startInFlightExit(alice, inFlight, [net.depositTx(alice, 20n)])
    await look()
    const address = `0x${alice.address.slice(2).toUpperCase()}`
    expect(await post('/account.get_exitable_utxos', { address })).toEqual(
      success([
        utxo({ utxo_pos: coins[2], blknum: 3n, oindex: 0n, amount: 30n }),
        utxo({ utxo_pos: at(1000n, 0, 1), blknum: 1000n, oindex: 1n, amount: 3n }),
      ]),
    )
    expect(await post('/account.get_exitable_utxos', { address: carol.address })).toEqual(success([]))
  })

  function utxo(own: { utxo_pos: UtxoPos; blknum: bigint; oindex: bigint; amount: bigint }) {
    return { ...own, txindex: 0n, otype: 1n, owner: alice.address, currency: ETH }
  }
})

describe('in-flight exits', () => {
  /** Mallory pays Bob in block 1000, and exits another payment of the same coin. */
  function story() {
    const net = network()
    const served = serving(net)
    const coin = net.deposit(mallory, 10n)
    const included = payment([{ utxoPos: coin, signer: mallory }], [pay(bob, 10n)])
    const { root } = net.submit([included])
    const inFlight = payment([{ utxoPos: coin, signer: mallory }], [pay(mallory, 10n)])
    net.startInFlightExit(mallory, inFlight, [net.depositTx(mallory, 10n)])
    const txbytes = toHex(inFlight.transaction.raw)
    return { net, coin, included, inFlight, root, txbytes, ...served }
  }

  test('/in_flight_exit.get_data takes the signed transaction, also of a coin that is spent', async () => {
    const { net, coin, inFlight, look, post } = story()
    await look()
    expect(await post('/in_flight_exit.get_data', { txbytes: toHex(inFlight.bytes) })).toEqual(
      success({
        in_flight_tx: toHex(inFlight.transaction.raw),
        input_txs: [toHex(net.depositTx(mallory, 10n))],
        input_utxos_pos: [coin],
        input_txs_inclusion_proofs: [proof],
        in_flight_tx_sigs: inFlight.signatures.map(toHex),
      }),
    )
  })

  test('/in_flight_exit.get_data of a transaction whose input nobody knows, or that is none', async () => {
    const { look, post } = story()
    await look()
    const unknown = payment([{ utxoPos: at(5000n), signer: alice }], [pay(bob, 1n)])
    expect(await post('/in_flight_exit.get_data', { txbytes: toHex(unknown.bytes) })).toEqual(
      failure('in_flight_exit:tx_for_input_not_found', described),
    )
    expect(await post('/in_flight_exit.get_data', { txbytes: '0x1234' })).toEqual(
      failure('get_in_flight_exit:malformed_transaction_rlp'),
    )
  })

  test('/in_flight_exit.get_competitor', async () => {
    const { net, coin, included, txbytes, look, post } = story()
    await look()
    expect(await post('/in_flight_exit.get_competitor', { txbytes })).toEqual(
      success({
        in_flight_txbytes: txbytes,
        in_flight_input_index: 0n,
        competing_txbytes: toHex(included.transaction.raw),
        competing_input_index: 0n,
        competing_sig: toHex(included.signatures[0] ?? new Uint8Array(0)),
        competing_tx_pos: at(1000n),
        competing_proof: proof,
        input_tx: toHex(net.depositTx(mallory, 10n)),
        input_utxo_pos: coin,
      }),
    )
  })

  test('a competitor that no block holds has position 0 and an empty proof', async () => {
    const { net, post, look } = story()
    const coin = net.deposit(alice, 5n)
    const [one, two] = [bob, carol].map((to) => payment([{ utxoPos: coin, signer: alice }], [pay(to, 5n)]))
    if (!one || !two) return
    net.startInFlightExit(alice, one, [net.depositTx(alice, 5n)])
    net.startInFlightExit(alice, two, [net.depositTx(alice, 5n)])
    await look()
    expect(await post('/in_flight_exit.get_competitor', { txbytes: toHex(one.transaction.raw) })).toMatchObject({
      data: { competing_txbytes: toHex(two.transaction.raw), competing_tx_pos: 0n, competing_proof: '0x' },
    })
  })

  test('/in_flight_exit.get_competitor where there is none, or none any more, or no exit', async () => {
    const { net, coin, included, inFlight, txbytes, look, post } = story()
    const calm = net.deposit(alice, 5n)
    const alone = payment([{ utxoPos: calm, signer: alice }], [pay(bob, 5n)])
    net.startInFlightExit(alice, alone, [net.depositTx(alice, 5n)])
    net.chain.mine({
      type: 'InFlightExitChallenged',
      txHash: inFlight.transaction.txHash,
      challenger: bob.address,
      competitorPosition: at(1000n),
      competingTx: included.transaction.raw,
      competingTxInputIndex: 0,
      competingTxSignature: included.signatures[0] ?? new Uint8Array(0),
    })
    await look()
    const ask = (bytes: string) => post('/in_flight_exit.get_competitor', { txbytes: bytes })
    expect(await ask(toHex(alone.transaction.raw))).toEqual(failure('get_competitor:competitor_not_found'))
    expect(await ask(txbytes)).toEqual(failure('get_competitor:no_viable_competitor_found'))
    expect(await ask(toHex(included.transaction.raw))).toEqual(failure('get_competitor:ife_not_known_for_tx'))
    expect(await ask('0xc0')).toEqual(failure('get_competitor:malformed_transaction'))
    expect(coin).toBe(at(1n))
  })

  test('/in_flight_exit.prove_canonical answers a challenge of an included transaction', async () => {
    const { net, included, root, look, post } = story()
    const { txHash, raw } = included.transaction
    net.startInFlightExit(bob, included, [net.depositTx(mallory, 10n)])
    await look()
    const ask = () => post('/in_flight_exit.prove_canonical', { txbytes: toHex(raw) })
    expect(await ask()).toEqual(failure('prove_canonical:no_viable_canonical_proof_found'))
    net.chain.mine({
      type: 'InFlightExitChallenged',
      txHash,
      challenger: mallory.address,
      competitorPosition: 2n ** 256n - 1n,
      competingTx: raw,
      competingTxInputIndex: 0,
      competingTxSignature: new Uint8Array(65),
    })
    await look()
    const answer = await ask()
    expect(answer).toEqual(
      success({ in_flight_txbytes: toHex(raw), in_flight_tx_pos: at(1000n), in_flight_proof: proof }),
    )
    const bytes = fromHex((answer['data'] as { in_flight_proof: Hex }).in_flight_proof)
    expect(verifyProof({ root: root, leaf: raw, index: 0, proof: bytes })).toBe(true)
    expect(await post('/in_flight_exit.prove_canonical', { txbytes: '0xc0' })).toEqual(
      failure('prove_canonical:malformed_transaction'),
    )
  })

  test('/in_flight_exit.get_input_challenge_data', async () => {
    const { net, coin, included, inFlight, txbytes, look, post } = story()
    const ask = (index: bigint) => post('/in_flight_exit.get_input_challenge_data', { txbytes, input_index: index })
    const { txHash } = inFlight.transaction
    net.chain.mine({ type: 'InFlightExitPiggybacked', txHash, side: 'input', index: 0, exitTarget: mallory.address })
    await look()
    expect(await ask(0n)).toEqual(
      success({
        in_flight_txbytes: txbytes,
        in_flight_input_index: 0n,
        spending_txbytes: toHex(included.transaction.raw),
        spending_input_index: 0n,
        spending_sig: toHex(included.signatures[0] ?? new Uint8Array(0)),
        input_tx: toHex(net.depositTx(mallory, 10n)),
        input_utxo_pos: coin,
      }),
    )
    for (const index of [4n, 2n ** 70n]) {
      expect(await ask(index)).toEqual(failure('get_input_challenge_data:piggybacked_index_out_of_range'))
    }
    const unknown = toHex(included.transaction.raw)
    expect(await post('/in_flight_exit.get_input_challenge_data', { txbytes: unknown, input_index: 0n })).toEqual(
      failure('get_input_challenge_data:ife_not_known_for_tx'),
    )
  })

  test('/in_flight_exit.get_output_challenge_data', async () => {
    const { net, included, look, post } = story()
    net.startInFlightExit(bob, included, [net.depositTx(mallory, 10n)])
    const { txHash, raw } = included.transaction
    net.chain.mine({ type: 'InFlightExitPiggybacked', txHash, side: 'output', index: 0, exitTarget: bob.address })
    await look()
    const ask = () => post('/in_flight_exit.get_output_challenge_data', { txbytes: toHex(raw), output_index: 0n })
    expect(await ask()).toEqual(failure('get_output_challenge_data:no_double_spend_on_particular_piggyback'))
    const spend = payment([{ utxoPos: at(1000n), signer: bob }], [pay(carol, 10n)])
    net.submit([spend])
    await look()
    expect(await ask()).toEqual(
      success({
        in_flight_txbytes: toHex(raw),
        in_flight_output_pos: at(1000n),
        in_flight_proof: proof,
        spending_txbytes: toHex(spend.transaction.raw),
        spending_input_index: 0n,
        spending_sig: toHex(spend.signatures[0] ?? new Uint8Array(0)),
      }),
    )
  })
})
