import { describe, expect, test } from '@jest/globals'
import { checkParameters } from '../../src/engine/parameter.ts'
import { toJsonObject } from '../../src/engine/json.ts'
import { loadService } from '../../src/guard/processes.ts'
import { tasks } from '../../src/tasks/registry.ts'
import { piggybacked } from '../support/exits.ts'
import { carol, bob, mallory } from '../support/signers.ts'
import { pay, payment } from '../support/transactions.ts'
import { aWorld } from '../support/world.ts'
import { inFlightStory } from './in-flight-story.ts'

const declared = loadService().tasks

test('every task of mesg.yml is written, once, and no other', () => {
  expect(tasks.map(({ key }) => key).sort()).toEqual(Object.keys(declared).sort())
})

describe('what one step gives, the next one takes, as mesg.yml declares both', () => {
  /** A block holds another spend of the second input, which Bob has piggybacked. */
  function spentInput() {
    const story = inFlightStory()
    const { currency } = story.chain.output(story.tokens)
    const rival = payment([{ utxoPos: story.tokens, signer: bob }], [pay(bob, 7n, currency)])
    story.block(rival)
    story.events.push(piggybacked(story.inFlight, { side: 'input', index: 1 }, 101))
    return story
  }

  function spentOutput() {
    const story = inFlightStory()
    const output = story.block(story.inFlight)
    story.block(payment([{ utxoPos: output, signer: carol }], [pay(mallory, 10n)]))
    story.events.push(piggybacked(story.inFlight, { side: 'output', index: 0 }, 101))
    return story
  }

  test.each([
    {
      first: 'getCompetitor',
      second: 'challengeInFlightExitNotCanonical',
      ...{ tell: spentInput, asked: {}, state: {} },
    },
    {
      first: 'getInputChallengeData',
      second: 'challengeInFlightExitInputSpent',
      ...{ tell: spentInput, asked: { input_index: 1 }, state: { exitMap: 0b10n } },
    },
    {
      first: 'getOutputChallengeData',
      second: 'challengeInFlightExitOutputSpent',
      ...{ tell: spentOutput, asked: { output_index: 0 }, state: { exitMap: 0b1_0000n } },
    },
  ])('$first, then $second', async ({ first, second, tell, asked, state }) => {
    const story = tell()
    const inFlightExits = { [story.exitId.toString()]: story.held(state) }
    const { world, sent } = aWorld({ inFlightExits, roots: story.roots, witnesses: [story.own] })
    const run = async (key: string, inputs: object) => {
      const outputs = toJsonObject(await tasks.find((task) => task.key === key)?.bind(world)(inputs))
      expect(checkParameters(declared[key]?.outputs ?? {}, outputs)).toEqual([])
      return outputs
    }
    const proof = await run(first, { ...story.inputs, ...asked })
    expect(checkParameters(declared[second]?.inputs ?? {}, proof)).toEqual([])
    expect(await run(second, proof)).toMatchObject({ outcome: 'done_by_us' })
    expect(sent).toMatchObject([{ purpose: second }])
  })
})
