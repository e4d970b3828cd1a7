import { describe, expect, test } from '@jest/globals'
import { HttpRequestError } from 'viem'
import { describeError } from '../../src/lib/describe-error.ts'
import { GuardError } from '../../src/lib/errors.ts'

const RAW = `0x02f8${'ab'.repeat(120)}`

class Broken extends GuardError {
  override readonly code = 'BROKEN'
  override readonly retryable = true
}

/** What viem throws when a node does not take a transaction: the request is in its text and in its fields. */
function ofViem() {
  const body = { method: 'eth_sendRawTransaction', params: [RAW] }
  return new HttpRequestError({ body, details: `refused ${RAW}`, status: 502, url: 'https://node.example/token' })
}

describe('An error in a log', () => {
  test('of ours tells all that it knows', () => {
    const described = describeError(new Broken('It is broken.', { where: 7 }))
    expect(described).toMatchObject({ type: 'Broken', code: 'BROKEN', retryable: true, message: 'It is broken.' })
    expect(described).toMatchObject({ facts: { where: '7' }, stack: expect.stringContaining('describe-error.test') })
  })

  test.each<[string, () => unknown]>([
    ['of a library', ofViem],
    ['with the error of a library as its cause', () => new Broken('No answer.', {}, { cause: ofViem() })],
    ['with causes upon causes', () => new Error('a', { cause: new Error('b', { cause: ofViem() }) })],
    [
      'with more causes than anybody reads',
      () => [1, 2, 3, 4, 5].reduce<Error>((cause) => new Error('x', { cause }), ofViem()),
    ],
    ['that is no error', () => `refused ${RAW} by https://node.example/token`],
    ['whose cause is no error', () => new Error('no', { cause: `refused ${RAW} by https://node.example/token` })],
  ])('%s shows neither a transaction nor a token', (_, make) => {
    const text = JSON.stringify(describeError(make()))
    expect(text).not.toContain('ababab')
    expect(text).not.toContain('token')
  })

  test('says what a library calls it, and where it happened', () => {
    const text = JSON.stringify(describeError(new Broken('No answer.', {}, { cause: ofViem() })))
    for (const part of ['HttpRequestError', 'HTTP request failed', '502', 'describe-error.test'])
      expect(text).toContain(part)
  })

  test('does not go round in circles', () => {
    const circle = new Error('round')
    circle.cause = circle
    expect(JSON.stringify(describeError(circle)).match(/"message":"round"/g)).toHaveLength(4)
  })
})
