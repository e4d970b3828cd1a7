import { afterEach, describe, expect, test } from '@jest/globals'
import { serveOperator } from '../../../devnet/operator/api.ts'
import { createOperator } from '../../../devnet/operator/operator.ts'
import { signedPayment } from '../../../devnet/operator/payment.ts'
import { toHex } from '../../../src/lib/bytes.ts'
import { ETH } from '../../../src/plasma/units.ts'
import { fakeOperatorChain } from './fake-root-chain.ts'
import { alice, bob, FRAMEWORK, mallory } from './people.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function start({ control = false } = {}) {
  const rootChain = fakeOperatorChain()
  const operator = await createOperator(rootChain.chain, { framework: FRAMEWORK, fees: new Map([[ETH, 0n]]) })
  const { url, close } = await serveOperator(operator, { port: 0, control })
  closing.push(close)
  async function post(path: string, body: unknown) {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await fetch(`${url}${path}`, { method: 'POST', body: text })
    return {
      status: response.status,
      body: (await response.json()) as { success: boolean; data: Record<string, unknown> },
    }
  }
  return { operator, rootChain, url, post }
}

describe("the operator's HTTP API", () => {
  test('takes a transaction and serves its block in the envelope of elixir-omg', async () => {
    const { operator, rootChain, post } = await start()
    const signed = signedPayment(alice, rootChain.deposit(alice.address, ETH, 7n), bob.address)
    const submitted = await post('/transaction.submit', { transaction: toHex(signed), jsonrpc: '2.0', id: 0 })
    expect(submitted.body).toMatchObject({ service_name: 'child_chain', success: true })
    expect(submitted.body.data).toMatchObject({ blknum: 1000, txindex: 0 })

    const { root } = await operator.formBlock()
    const served = await post('/block.get', { hash: root.toUpperCase().replace('0X', '0x') })
    expect(served.body.data).toEqual({ blknum: 1000, hash: root, transactions: [toHex(signed)] })
    expect((await post('/v1/block.get', { hash: root })).body.success).toBe(true)
  })

  test('names fees by transaction type', async () => {
    const { post } = await start()
    const { body } = await post('/fees.all', {})
    expect(body.data).toMatchObject({ '1': [{ currency: ETH, amount: 0, subunit_to_unit: 1e18 }] })
  })

  test('answers each of several transactions by itself', async () => {
    const { rootChain, post } = await start()
    const good = toHex(signedPayment(alice, rootChain.deposit(alice.address, ETH, 7n), bob.address))
    const { body } = await post('/transaction.batch_submit', { transactions: [good, '0x00', 7] })
    expect(body.data).toMatchObject([
      { blknum: 1000 },
      { error: { code: 'submit:malformed_transaction' } },
      { error: { code: 'operation:bad_request' } },
    ])
  })

  test.each([
    ['/block.get', { hash: `0x${'00'.repeat(32)}` }, 'get_block:not_found'],
    ['/block.get', { hash: '0x00' }, 'operation:bad_request'],
    ['/block.get', {}, 'operation:bad_request'],
    ['/transaction.submit', { transaction: 'abc' }, 'operation:bad_request'],
    ['/transaction.submit', { transaction: '0xc1' }, 'submit:malformed_transaction_rlp'],
    ['/transaction.batch_submit', { transactions: {} }, 'operation:bad_request'],
    ['/nothing.here', {}, 'operation:not_found'],
    ['/block.get', '{', '400 operation:bad_request'],
    ['/block.get', '[]', '400 operation:bad_request'],
    ['/block.get', 'null', '400 operation:bad_request'],
    ['/__proto__', {}, 'operation:not_found'],
    ['/constructor', {}, 'operation:not_found'],
  ])('refuses %s %j', async (path, body, expected) => {
    const { post } = await start()
    const [code, status = '200'] = expected.split(' ').reverse()
    const answer = await post(path, body)
    expect(answer).toMatchObject({ status: Number(status), body: { success: false, data: { object: 'error', code } } })
  })

  test('shows its health to a GET', async () => {
    const { url } = await start()
    const response = await fetch(`${url}/alarm.get`)
    expect(await response.json()).toMatchObject({ success: true, data: [] })
  })

  test('cheats for nobody unless it was started for that', async () => {
    const { post } = await start()
    const { body } = await post('/cheat.mint', { owner: mallory.address, amount: '1' })
    expect(body.data['code']).toBe('operation:not_found')
  })

  test('can be told to cheat by HTTP', async () => {
    const { operator, rootChain, post } = await start({ control: true })
    const coin = rootChain.deposit(alice.address, ETH, 7n)
    const stolen = toHex(signedPayment(mallory, coin, mallory.address))
    expect((await post('/block.form', {})).body.data).toMatchObject({ blknum: 1000, tx_count: 0 })
    const minted = await post('/cheat.mint', { owner: mallory.address, amount: '123456789012345678901234567890' })
    expect(minted.body.data).toMatchObject({ blknum: 2000, tx_count: 1 })
    expect((await post('/cheat.block', { transactions: [stolen] })).body.data).toMatchObject({ blknum: 3000 })
    const withheld = await post('/cheat.withhold', {})
    expect((await post('/block.get', { hash: withheld.body.data['hash'] })).body.success).toBe(false)
    await post('/cheat.publish', { blknum: 4000 })
    expect((await post('/block.get', { hash: withheld.body.data['hash'] })).body.success).toBe(true)
    expect((await post('/cheat.forge', {})).body.data).toMatchObject({ blknum: 5000 })
    expect(operator.block(2000n)?.transactions[0]?.transaction.outputs[0]?.amount).toBe(123456789012345678901234567890n)
  })

  test.each([
    ['/cheat.mint', { owner: 'mallory', amount: '1' }],
    ['/cheat.mint', { owner: mallory.address, amount: '0' }],
    ['/cheat.mint', { owner: mallory.address, amount: 1 }],
    ['/cheat.block', { transactions: ['0x0'] }],
    ['/cheat.block', {}],
    ['/cheat.publish', { blknum: '1000' }],
  ])('refuses %s %j', async (path, body) => {
    const { post } = await start({ control: true })
    expect((await post(path, body)).body.data['code']).toBe('operation:bad_request')
  })
})
