import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { encodeErrorResult, parseAbi } from 'viem'
import { isTooMuch, isUnsupported, printable, revertOf } from '../../src/chain/rpc-fault.ts'
import { lacksFunds, receptionOf } from '../../src/chain/send-fault.ts'

const fault = (text: string, code = -32000) => ({ code, text })
const data = encodeErrorResult({
  abi: parseAbi(['error Error(string)']),
  errorName: 'Error',
  args: ['The exit does not exist'],
})

describe('A contract refuses', () => {
  test.each([
    ['geth', { code: 3, text: 'execution reverted: The exit does not exist', data }],
    ['geth before the data', fault('execution reverted: The exit does not exist')],
    [
      'hardhat',
      fault("VM Exception while processing transaction: reverted with reason string 'The exit does not exist'"),
    ],
    ['ganache', fault('VM Exception while processing transaction: revert The exit does not exist')],
    ['parity', { code: -32015, text: 'VM execution error.', data }],
  ])('in the words of %s', (_, said) => {
    expect(revertOf(said)).toEqual({ reason: 'The exit does not exist' })
  })

  test.each([
    ['geth', { code: 3, text: 'execution reverted', data: '0x' as const }],
    ['erigon', fault('execution reverted')],
    ['nethermind', { code: -32015, text: 'VM execution error.' }],
    ['an assertion of old contracts', fault('invalid opcode: INVALID')],
  ])('without a reason, in the words of %s', (_, said) => {
    expect(revertOf(said)).toEqual({})
  })

  test('by a panic', () => {
    const panic = encodeErrorResult({ abi: parseAbi(['error Panic(uint256)']), errorName: 'Panic', args: [0x32n] })
    expect(revertOf({ code: 3, text: 'execution reverted', data: panic })).toEqual({ reason: 'panic 50' })
  })

  test.each([
    'header not found',
    'missing trie node',
    'rate limit',
    'nonce too low',
    'insufficient funds for transfer',
  ])('but a node that says "%s" does not speak for it', (text) => {
    expect(revertOf(fault(text))).toBeUndefined()
  })
})

describe('A node refuses logs', () => {
  test.each([
    ['infura', fault('query returned more than 10000 results', -32005)],
    [
      'alchemy',
      fault('Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range', -32602),
    ],
    ['quicknode', fault('eth_getLogs is limited to a 10,000 range', -32614)],
    ['ankr', fault('block range is too wide', -32062)],
    ['cloudflare', fault('Max range: 800')],
    ['erigon', fault('query timeout exceeded')],
    ['chainstack', fault('Block range limit exceeded. See more details at [url]')],
  ])('because it is too much, in the words of %s', (_, said) => {
    expect(isTooMuch(said)).toBe(true)
  })

  test('but a limit of requests is no limit of size, and splitting would not help', () => {
    expect(isTooMuch(fault('daily request count, request rate limited', -32005))).toBe(false)
    expect(isTooMuch(fault('execution reverted', 3))).toBe(false)
  })
})

test('a method that a node does not have', () => {
  expect(isUnsupported(fault('the method debug_traceTransaction does not exist/is not available', -32601))).toBe(true)
  expect(isUnsupported(fault('execution reverted', 3))).toBe(false)
})

describe('A node is given a transaction', () => {
  test.each([
    ['already known', true],
    ['ALREADY_EXISTS: already known', true],
    ['Transaction with the same hash was already imported.', true],
    ['known transaction: 0x12', true],
  ])('"%s": it has it', (text) => {
    expect(receptionOf(fault(text))).toEqual({ ok: true })
  })

  test.each([
    ['nonce too low', 'nonce_too_low'],
    ['nonce too low: next nonce 5, tx nonce 4', 'nonce_too_low'],
    ['OldNonce', 'nonce_too_low'],
    ['replacement transaction underpriced', 'nonce_taken'],
    ['Transaction gas price is too low. There is another transaction with same nonce in the queue.', 'nonce_taken'],
    ['insufficient funds for gas * price + value', 'insufficient_funds'],
    [
      'Insufficient funds. The account you tried to send transaction from does not have enough funds.',
      'insufficient_funds',
    ],
    ['transaction underpriced', 'refused'],
    ['exceeds block gas limit', 'refused'],
    ['tx fee (12.00 ether) exceeds the configured cap (1.00 ether)', 'refused'],
  ])('"%s"', (text, why) => {
    expect(receptionOf(fault(text))).toMatchObject({ ok: false, why })
  })

  test('a call that its sender cannot pay is not a revert', () => {
    expect(lacksFunds(fault('insufficient funds for transfer'))).toBe(true)
    expect(lacksFunds(fault('execution reverted: Input value must match msg.value', 3))).toBe(false)
  })
})

test('foreign text is fit for a log: short, plain, and without addresses of servers', () => {
  expect(printable('see https://node.example/v3/secret-token\nnow\u001b[31m')).toBe('see [url] now [31m')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(printable(text)).toMatch(/^[\x20-\x7e]{0,160}$/)
    }),
  )
})
