import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { advanceGame, emptyGame } from '../../src/exit-game/exit-game.ts'
import { judge } from '../../src/exit-game/judge.ts'
import { judgedAt, recovery } from '../support/exits.ts'
import { KINDS, people, watched } from './people.ts'

/** What is no accusation: an offer, and money to fetch. */
const HARMLESS = ['piggyback_available', 'exit_processable', 'bond_recoverable']

const choices = fc.array(fc.tuple(fc.nat(KINDS - 1), fc.nat(5), fc.nat(60)), { minLength: 25, maxLength: 70 })

describe('honest people', () => {
  test('are never accused, whatever they do', () => {
    fc.assert(
      fc.property(choices, (moves) => {
        const network = people()
        let game = emptyGame(recovery)
        let seen = 0
        for (const [at, move] of moves.entries()) {
          network.honestMove(move)
          if (at % 3 > 0) continue
          for (const step of network.steps.slice(seen)) if ('event' in step) game = advanceGame(game, step.event)
          seen = network.steps.length
          const conditions = judge(game, network.chain.evidence, judgedAt(network.contract.height()))
          expect(conditions.filter(({ type }) => !HARMLESS.includes(type))).toEqual([])
        }
        expect(game.unreadable).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  test('are paid by the contract what the ledger is told that they were paid', () => {
    fc.assert(
      fc.property(choices, (moves) => {
        const network = people()
        for (const move of moves) network.honestMove(move)
        const { evidence } = watched(network.steps).chain
        for (const utxoPos of network.coins) {
          expect([utxoPos, evidence.isUnspent(utxoPos)]).toEqual([utxoPos, network.chain.evidence.isUnspent(utxoPos)])
        }
      }),
      { numRuns: 20 },
    )
  })
})
