import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { formatHash, parseHash } from '../../src/mesg/base58.ts'
import { readEngineVariables } from '../../src/mesg/variables.ts'

const hash = (byte: number) => formatHash(new Uint8Array(32).fill(byte))
const ofA = { MESG_ENDPOINT: 'engine:50052', MESG_RUNNER_HASH: hash(1), MESG_INSTANCE_HASH: hash(2) }
const ofB = {
  MESG_ENDPOINT: 'engine:50052',
  MESG_SERVICE_HASH: hash(3),
  MESG_ENV_HASH: hash(4),
  MESG_REGISTER_SIGNATURE: Buffer.alloc(64, 5).toString('base64'),
}

describe('hashes as MESG writes them', () => {
  // 32 bytes by the reference implementation of base58.
  test.each([
    ['11111111111111111111111111111111', '00'.repeat(32)],
    ['JEKNVnkbo3jma5nREBBJCDoXFVeKkD56V3xKrvRmWxFG', 'ff'.repeat(32)],
  ])('%s', (text, hex) => {
    expect(Buffer.from(parseHash(text) ?? []).toString('hex')).toBe(hex)
  })

  test('come back as they went, zeros in front included', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat(32), (bytes, zeros) => {
        bytes.fill(0, 0, zeros)
        expect(parseHash(formatHash(bytes))).toEqual(bytes)
      }),
    )
  })

  test.each(['', '1', hash(7) + '1', hash(255) + 'z', '0'.repeat(43), `${hash(7).slice(1)}l`, '1'.repeat(33)])(
    'are nothing else: %j',
    (text) => {
      expect(parseHash(text)).toBeUndefined()
    },
  )
})

describe('the variables of an engine', () => {
  test('of the older generation', () => {
    const found = readEngineVariables({ ...ofA, PATH: '/bin' })
    expect(found).toMatchObject({ generation: 'a', endpoint: 'engine:50052', runnerHash: new Uint8Array(32).fill(1) })
  })

  test('of the newer generation, whose signature no log shows', () => {
    const found = readEngineVariables(ofB)
    expect(found).toMatchObject({ generation: 'b', envHash: new Uint8Array(32).fill(4) })
    expect(JSON.stringify(found)).not.toContain(ofB.MESG_REGISTER_SIGNATURE)
  })

  const each = [ofA, ofB].flatMap((all) => Object.keys(all).map((name) => ({ name, all })))
  test.each(each)('without $name, or with an empty one, name it', ({ name, all }) => {
    for (const value of ['', undefined]) {
      expect(() => readEngineVariables({ ...all, [name]: value })).toThrow(`${name} is not set`)
    }
  })

  test('that are all missing are all named', () => {
    for (const variables of [{}, { MESG_ENDPOINT: 'engine:50052' }]) {
      expect(() => readEngineVariables(variables)).toThrow(
        /MESG_RUNNER_HASH, MESG_INSTANCE_HASH.*MESG_SERVICE_HASH, MESG_ENV_HASH, MESG_REGISTER_SIGNATURE/,
      )
    }
  })

  test.each([
    [{ ...ofA, ...ofB }, 'set together'],
    [{ ...ofA, MESG_ENDPOINT: 'engine' }, 'MESG_ENDPOINT is not HOST:PORT'],
    [{ ...ofB, MESG_ENDPOINT: 'http://engine:50052' }, 'MESG_ENDPOINT is not HOST:PORT'],
    [{ ...ofA, MESG_RUNNER_HASH: '0x00' }, 'MESG_RUNNER_HASH is not a base58 hash of 32 bytes'],
    [{ ...ofA, MESG_INSTANCE_HASH: hash(9).slice(2) }, 'MESG_INSTANCE_HASH is not'],
    [{ ...ofB, MESG_SERVICE_HASH: '?' }, 'MESG_SERVICE_HASH is not'],
    [{ ...ofB, MESG_REGISTER_SIGNATURE: '!' }, 'MESG_REGISTER_SIGNATURE is not base64'],
  ])('that cannot be right are refused', (variables, message) => {
    expect(() => readEngineVariables(variables)).toThrow(message)
  })
})
