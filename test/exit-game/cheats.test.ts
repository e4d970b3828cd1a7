import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Condition } from '../../src/exit-game/condition.ts'
import { emptyGame, foldGame } from '../../src/exit-game/exit-game.ts'
import { judge } from '../../src/exit-game/judge.ts'
import type { Facts } from '../../src/exit-game/spends.ts'
import { judgedAt, recovery } from '../support/exits.ts'
import { KINDS, people, watched, type Choice, type Manner, type People } from './people.ts'
import { plays, type Cheat } from './plays.ts'

const HARMLESS = ['piggyback_available', 'exit_processable', 'bond_recoverable']

const choices = fc.array(fc.tuple(fc.nat(KINDS - 1), fc.nat(5), fc.nat(60)), { maxLength: 30 })

function factsOf({ steps, chain }: People): Facts {
  const events = steps.flatMap((step) => ('event' in step ? [step.event] : []))
  return { game: foldGame(emptyGame(recovery), events), evidence: chain.evidence }
}

function accusations(network: People): Condition[] {
  const { game, evidence } = factsOf(network)
  const conditions = judge(game, evidence, judgedAt(network.contract.height()))
  return conditions.filter(({ type }) => !HARMLESS.includes(type))
}

/** Mallory plays while others go on with their lives; what she lets go by is `late`. */
function played(network: People, play: keyof typeof plays, moves: readonly Choice[]): Cheat {
  const game = plays[play]?.(network)
  if (!game) throw new Error(`no play ${play}`)
  let at = 0
  for (;;) {
    const step = game.next()
    if (step.done) return step.value
    // Never so long that phase 1 is over: some of her cheats need it.
    const pause = moves.slice(at, at + 8).filter(([kind]) => kind < 17)
    for (const move of pause) network.honestMove(move)
    at += 8
  }
}

function isHers({ hers }: Cheat, condition: Condition): boolean {
  if ('utxoPos' in condition) return hers.includes(condition.utxoPos)
  return 'txHash' in condition && hers.includes(condition.txHash)
}

describe.each(Object.keys(plays))('Mallory %s, among honest people', (play) => {
  test('it is found, proven to the contract, and gone', () => {
    fc.assert(
      fc.property(choices, choices, (before, meanwhile) => {
        const network = people()
        for (const move of before) network.honestMove(move)
        const cheat = played(network, play, meanwhile)
        const found = accusations(network)
        expect(found).toContainEqual(expect.objectContaining(cheat.expected))
        expect(found.filter((condition) => !isHers(cheat, condition))).toEqual([])
        if (!cheat.answer) return
        cheat.answer(factsOf(network))
        expect(accusations(network)).not.toContainEqual(expect.objectContaining(cheat.expected))
      }),
      { numRuns: 6 },
    )
  })
})

describe('what is found is a function of the facts alone', () => {
  const manners: Record<string, Manner> = {
    'one event at a time': { batch: 1 },
    'seven events at a time': { batch: 7 },
    'as many events at a time as can be': { batch: 1_000_000 },
    'hearing of events again and again': { batch: 2, again: 3 },
    'with the ledger far behind': { blocksLast: true },
  }
  const names = Object.keys(plays)

  test.each(Object.entries(manners))('%s', (_name, manner) => {
    fc.assert(
      fc.property(choices, choices, fc.nat(names.length - 1), (before, meanwhile, which) => {
        const network = people()
        for (const move of before) network.honestMove(move)
        played(network, names[which] ?? '', meanwhile)
        const time = judgedAt(network.contract.height())
        const { game, evidence } = factsOf(network)
        const { game: own, chain } = watched(network.steps, manner)
        expect(judge(own, chain.evidence, time)).toEqual(judge(game, evidence, time))
      }),
      { numRuns: 8 },
    )
  })
})
