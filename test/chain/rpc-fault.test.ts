import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { encodeErrorResult, parseAbi } from 'viem'
import { blocksBorne, isTooMuch, isUnsupported, printable, revertOf } from '../../src/chain/rpc-fault.ts'
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
  test.each<[string, { code: number; text: string }, bigint | undefined]>([
    ['infura', fault('query returned more than 10000 results', -32005), undefined],
    [
      'infura with a hint',
      fault('query returned more than 10000 results. Try with this block range [0xBDE5F8, 0xBDE6F7].', -32005),
      256n,
    ],
    ['infura of today', fault('range 1000000 exceeds limit of 10000', -32602), 10_000n],
    [
      'alchemy',
      fault(
        'Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range and no limit on the response size, or you can request any block range with a cap of 10K logs in the response. Based on your parameters and the response size limit, this block range should work: [0x0, 0x63]',
        -32602,
      ),
      100n,
    ],
    [
      'alchemy, free',
      fault(
        'You can make eth_getLogs requests with up to a 500 block range. Based on your parameters, this block range should work: [0x1a30dfd, 0x1a30ff0]',
        -32600,
      ),
      500n,
    ],
    ['alchemy before', fault('Log response size exceeded. Please reduce query block range.'), undefined],
    ['quicknode', fault('eth_getLogs is limited to a 10,000 range', -32614), 10_000n],
    ['ankr', fault('block range is too wide', -32062), undefined],
    ['drpc', fault('ranges over 10000 blocks are not supported on freetier', 35), 10_000n],
    ['publicnode', fault('exceed maximum block range: 50000', -32701), 50_000n],
    ['1rpc', fault('eth_getLogs is limited to 0 - 50 blocks range', -32602), 50n],
    ['blockpi', fault('eth_getLogs is limited to 1024 block range. Please check the parameter', -32602), 1024n],
    ['tenderly', fault('invalid params: range 9009594 is bigger than range limit 2000', -32602), 2000n],
    ['cloudflare', fault('Max range: 800'), 800n],
    ['llamarpc', fault('eth_getLogs range is too large, max is 1k blocks', -32603), 1000n],
    ['chainstack', fault('Block range limit exceeded. See more details at [url]'), undefined],
    ['reth', fault('query exceeds max block range 100000', -32602), 100_000n],
    ['reth by results', fault('query exceeds max results 20000, retry with the range 100-149', -32602), 50n],
    ['besu', fault('Requested range exceeds maximum RPC range limit', -32000), undefined],
    ['nethermind', fault('Too many logs requested. Max logs per response is 20000.', -32005), undefined],
    ['nethermind, late', fault('eth_getLogs request was canceled due to enabled timeout.', -32016), undefined],
    ['erigon', fault('query timeout exceeded'), undefined],
    ['bsc', fault('block range is larger than max block range, block range = 5120, max block range = 5000'), 5000n],
    ['scroll', fault('block range is bigger than maxBlockRange'), undefined],
    ['moonbeam', fault('block range is too wide (maximum 1024)'), 1024n],
    ['avalanche', fault('requested too many blocks from 0 to 16777216, maximum is set to 2048'), undefined],
    ['candle', fault('block range too high', -32600), undefined],
    ['proxyd', fault('backend response too large', -32020), undefined],
  ])('because it is too much, in the words of %s', (_, said, hint) => {
    expect(isTooMuch(said)).toBe(true)
    expect(blocksBorne(said)).toBe(hint)
  })

  test.each([
    ['daily request count, request rate limited', -32005],
    ['Your app has exceeded its compute units per second capacity', 429],
    ['Too Many Requests, limit of 100 requests per second', -32005],
    ['monthly response limit reached', -32000],
    ['execution reverted', 3],
    ['block range extends beyond current head block', -32602],
    ['invalid block range params', -32602],
    ['header not found', -32000],
    ['missing trie node', -32000],
    ['8633830 could not be found', -32001],
  ])('but "%s" is not about size, and splitting would not help', (text, code) => {
    expect(isTooMuch(fault(text, code))).toBe(false)
  })

  test('any text is read without an exception, in no time', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.integer(), (text, code) => {
        expect(typeof isTooMuch({ code, text })).toBe('boolean')
        const hint = blocksBorne({ code, text: `range ${text} [0x${text}, 0x2] limited to ${text}` })
        expect(['bigint', 'undefined']).toContain(typeof hint)
      }),
    )
    const long = { code: 0, text: 'range '.repeat(20_000) }
    const began = performance.now()
    expect([isTooMuch(long), blocksBorne(long)]).toEqual([false, undefined])
    expect(performance.now() - began).toBeLessThan(2_000)
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
    ['transaction underpriced', 'underpriced'],
    ['max fee per gas less than block base fee: address 0x1, maxFeePerGas: 7 baseFee: 9', 'underpriced'],
    ['FeeTooLow, EffectivePriorityFeePerGas too low', 'refused'],
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
