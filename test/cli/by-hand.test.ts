import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Person } from '../../src/cli/answer.ts'
import { challenge } from '../../src/cli/challenge.ts'
import { respond } from '../../src/cli/respond.ts'
import { loadConfig, type Config } from '../../src/config.ts'
import { holdSendingLock } from '../../src/store/sending-lock.ts'
import { createEnds, malloryCheats, openNetwork, type Network } from '../support/guarded-network.ts'

const LIMIT = 240_000
const ends = createEnds()
let network: Network
let config: Config

beforeAll(async () => {
  network = await openNetwork(ends)
  const folder = await mkdtemp(join(tmpdir(), 'by-hand-test-'))
  ends.add('folder', () => rm(folder, { recursive: true, force: true }))
  config = loadConfig(join(folder, 'guard.yml'), {
    PROVIDER_ENDPOINT: network.chain.url,
    PLASMA_ADDRESS: network.deployment.framework,
    CHILDCHAIN_URL: network.operatorUrl,
    PRIVATE_KEY: network.deployment.accounts.guard.privateKey,
  })
}, LIMIT)
afterAll(async () => {
  await ends.run()
}, LIMIT)

/** A person who types `answer`, and all that he is told on standard output. */
function aPerson(answer?: string) {
  const written: string[] = []
  const person: Person = {
    dialogue: { write: (text) => void written.push(text), progress: () => {}, ask: async () => answer },
    signal: new AbortController().signal,
    environment: {},
  }
  return { person, written, said: () => written.map((text) => JSON.parse(text) as Record<string, unknown>) }
}

const json = { dryRun: false, json: true, yes: false }
const sent = () => network.client.getTransactionCount({ address: network.deployment.accounts.guard.address })

describe('plasma-guard challenge and respond', () => {
  test(
    'show what they would send, ask, and challenge an invalid exit once',
    async () => {
      const { exitId } = await malloryCheats(network)
      const before = await sent()

      const shown = aPerson()
      expect(await challenge(config, { ...json, dryRun: true, exitId }, shown.person)).toBe(true)
      const [rehearsal] = shown.said()
      expect(rehearsal).toMatchObject({
        event: 'invalid_exit',
        calls: [
          {
            call: 'challengeStandardExit',
            from: network.deployment.accounts.guard.address.toLowerCase(),
            bond: '0',
            gas: expect.stringMatching(/^\d{5,}$/),
            fee: expect.stringMatching(/^\d{10,}$/),
            effect: expect.stringContaining('its bond is yours'),
          },
        ],
        failures: [],
      })
      const asText = aPerson()
      await challenge(config, { ...json, json: false, dryRun: true, exitId }, asText.person)
      expect(asText.written.join('')).toMatch(/invalid_exit of exit \d+:\n {2}challengeStandardExit\n {4}effect .*\n/)

      await expect(challenge(config, { ...json, exitId }, aPerson('yes').person)).rejects.toMatchObject({
        code: 'NOT_CONFIRMED',
      })
      const release = holdSendingLock(config.data)
      await expect(challenge(config, { ...json, yes: true, exitId }, aPerson().person)).rejects.toMatchObject({
        code: 'ANOTHER_SENDER',
      })
      release()
      expect(await sent()).toBe(before)

      const event = { event: 'invalid_exit', ...(rehearsal?.['data'] as object), level: 'info', msg: 'event emitted' }
      const confirmed = aPerson('send')
      expect(await respond(config, { ...json, event }, confirmed.person)).toBe(true)
      expect(confirmed.said().at(-1)).toMatchObject({
        outcomes: [{ task: 'challengeStandardExit', outcome: 'done_by_us' }],
        failures: [],
      })
      expect(await sent()).toBe(before + 1)

      const again = aPerson()
      expect(await respond(config, { ...json, event, yes: true }, again.person)).toBe(true)
      expect(again.said()).toMatchObject([{ calls: [], outcomes: [{ outcome: 'done_by_other' }] }])
      const nothing = aPerson()
      expect(await challenge(config, { ...json, yes: true, exitId }, nothing.person)).toBe(true)
      expect(nothing.said()).toEqual([])
      expect(await sent()).toBe(before + 1)
    },
    LIMIT,
  )

  test.each([
    ['no object', [7]],
    ['no event', { event: 'rain' }],
    [
      'an event that no process answers',
      { event: 'alarm', kind: 'blind', message: 'x', level: 'critical', attempt: 1 },
    ],
    ['an event without its fields', { event: 'invalid_exit', exit_id: '7' }],
    ['a field of another type', { key: 'invalid_exit', data: { exit_id: 7, attempt: 'one' } }],
    ['data that is no object', { key: 'invalid_exit', data: 'x' }],
  ])(
    'refuse %s',
    async (_, event) => {
      const responded = respond(config, { ...json, yes: true, event }, aPerson().person)
      await expect(responded).rejects.toMatchObject({ code: 'NO_EVENT' })
    },
    LIMIT,
  )
})
