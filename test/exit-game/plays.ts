import { expect } from '@jest/globals'
import { canonicalProof } from '../../src/exit-game/canonical-proof.ts'
import { competitorData } from '../../src/exit-game/competitor-data.ts'
import type { Condition } from '../../src/exit-game/condition.ts'
import { inputChallenge, outputChallenge } from '../../src/exit-game/piggyback-challenge.ts'
import type { Facts } from '../../src/exit-game/spends.ts'
import { standardExitChallenge } from '../../src/exit-game/standard-exit-challenge.ts'
import { verifyCanonicalProof } from '../../src/exit-game/verify-canonical-proof.ts'
import { verifyCompetitor } from '../../src/exit-game/verify-competitor.ts'
import { verifyInputChallenge, verifyOutputChallenge } from '../../src/exit-game/verify-piggyback-challenge.ts'
import { verifyStandardExitChallenge } from '../../src/exit-game/verify-standard-exit-challenge.ts'
import { outputId } from '../../src/plasma/output-id.ts'
import { decodeUtxoPos } from '../../src/plasma/position.ts'
import type { SignedTransaction } from '../../src/plasma/transaction.ts'
import { ETH, type Hash, type UtxoPos } from '../../src/plasma/units.ts'
import { NOT_INCLUDED } from '../support/exits.ts'
import { alice, bob, mallory } from '../support/signers.ts'
import { at, framework, token } from '../support/transactions.ts'
import type { PieceName } from './contract-model.ts'
import type { People } from './people.ts'

/** What Mallory has done, what must be said of it, and what ends it. */
export type Cheat = {
  expected: Partial<Condition> & Pick<Condition, 'type'>
  /** Every position and transaction that she may be accused of. */
  hers: readonly (UtxoPos | Hash)[]
  /** Fails unless the finding's data is what the contract accepts, then has the contract take it. Absent: too late. */
  answer?: (facts: Facts) => void
}

/** A cheat, step by step: at each `yield` others may act. */
type Play = (network: People) => Generator<undefined, Cheat>

function* coinOf(network: People): Generator<undefined, UtxoPos> {
  const coin = network.deposit(mallory, 20n)
  yield
  return coin
}

function* spentCoin(network: People): Generator<undefined, Cheat> {
  const coin = yield* coinOf(network)
  network.block(network.sign([coin], [bob]))
  yield
  return standardExit(network, coin)
}

/** Two coins in one transaction, and she exits the second. */
function* spentSecondCoin(network: People): Generator<undefined, Cheat> {
  const first = yield* coinOf(network)
  const second = network.deposit(mallory, 7n, token)
  yield
  network.block(network.sign([first, second], [bob, alice]))
  yield
  return standardExit(network, second)
}

function* coinOfInFlightPayment(network: People): Generator<undefined, Cheat> {
  const coin = yield* coinOf(network)
  const tx = network.sign([coin], [alice])
  network.contract.startInFlightExit(tx)
  yield
  return standardExit(network, coin)
}

/** Her signature was shown for one coin, and proves the spend of the other. */
function* coinOfCompetitor(network: People): Generator<undefined, Cheat> {
  const first = yield* coinOf(network)
  const second = yield* coinOf(network)
  const shown = network.sign([first, second], [bob])
  const inFlight = network.sign([first], [mallory])
  network.contract.startInFlightExit(inFlight)
  network.contract.challengeNotCanonical(inFlight, shown)
  yield
  return standardExit(network, second)
}

function* paidTheft(network: People): Generator<undefined, Cheat> {
  const { answer: _, ...cheat } = yield* spentCoin(network)
  network.contract.pass(500)
  yield
  network.contract.processExits(ETH)
  return { ...cheat, expected: { ...cheat.expected, settled: true } }
}

function standardExit(network: People, coin: UtxoPos): Cheat {
  const exitId = network.contract.startStandardExit(coin)
  return {
    expected: { type: 'invalid_exit', exitId, utxoPos: coin },
    hers: [coin, ...flightsOver(network, coin)],
    answer: (facts) => {
      const { exiting_tx, txbytes, input_index, sig, exit_id } = found(standardExitChallenge(facts, coin, framework))
      const claim = { exitId: exit_id, utxoPos: coin, exitingTx: exiting_tx, challengeTx: txbytes, framework }
      expect(verifyStandardExitChallenge({ ...claim, inputIndex: input_index, signature: sig })).toMatchObject({
        ok: true,
      })
      network.contract.challengeStandardExit(exitId)
    },
  }
}

/** Her in-flight exits that rest on the coin are hers to answer for as well. */
function flightsOver({ steps }: People, coin: UtxoPos): Hash[] {
  return steps.flatMap((step) => {
    if (!('event' in step) || step.event.type !== 'InFlightExitStarted') return []
    const { inputUtxosPos, txHash } = step.event
    return inputUtxosPos.includes(coin) ? [txHash] : []
  })
}

function* competitorInBlock(network: People): Generator<undefined, Cheat> {
  const coin = yield* coinOf(network)
  const other = yield* coinOf(network)
  const paid = network.sign([coin], [bob])
  const own = network.sign([other, coin], [mallory])
  network.block(paid)
  yield
  network.contract.startInFlightExit(own)
  return notCanonical(network, own, paid)
}

function* competitorInNoBlock(network: People): Generator<undefined, Cheat> {
  const coin = yield* coinOf(network)
  const [one, other] = [network.sign([coin], [bob]), network.sign([coin], [mallory])]
  network.contract.startInFlightExit(one)
  yield
  network.contract.startInFlightExit(other)
  return notCanonical(network, other, one)
}

/** The contract knows of one competitor, and an older one is in a block. */
function* olderCompetitor(network: People): Generator<undefined, Cheat> {
  const coin = yield* coinOf(network)
  const [inBlock, own, nowhere] = [[bob], [mallory], [alice]].map((to) => network.sign([coin], to))
  if (!inBlock || !own || !nowhere) throw new Error('no transactions')
  network.contract.startInFlightExit(own)
  network.contract.challengeNotCanonical(own, nowhere)
  network.block(inBlock)
  return notCanonical(network, own, inBlock)
}

function notCanonical(network: People, own: SignedTransaction, competitor: SignedTransaction): Cheat {
  const { txHash } = own.transaction
  return {
    expected: { type: 'noncanonical_ife', txHash },
    hers: [txHash, competitor.transaction.txHash],
    answer: (facts) => {
      const data = found(competitorData(facts, txHash, framework))
      const { blknum } = decodeUtxoPos(data.competing_tx_pos)
      const root = network.root(blknum)
      const inputOutputId = inputIdOf(network, data.input_utxo_pos)
      const onContract = { inFlightTx: own.transaction.raw, inputOutputId, framework, ...(root && { root }) }
      expect(verifyCompetitor(data, onContract)).toMatchObject({ ok: true })
      const position = data.competing_tx_pos === 0n ? NOT_INCLUDED : data.competing_tx_pos
      network.contract.challengeNotCanonical(own, competitor, position)
    },
  }
}

function* spentInput(network: People): Generator<undefined, Cheat> {
  const coin = yield* coinOf(network)
  const coins = network.deposit(mallory, 9n, token)
  const own = network.sign([coins, coin], [mallory])
  network.contract.startInFlightExit(own)
  const piece = { side: 'input', index: 1 } as const
  network.contract.piggyback(own, piece)
  yield
  const paid = network.sign([coin], [bob])
  network.block(paid)
  return piggyback(network, own, piece)
}

/** Challenged once, piggybacked again. */
function* spentInputAgain(network: People): Generator<undefined, Cheat> {
  const coin = yield* coinOf(network)
  const own = network.sign([coin], [mallory])
  network.block(network.sign([coin], [bob]))
  yield
  network.contract.startInFlightExit(own)
  const piece = { side: 'input', index: 0 } as const
  network.contract.piggyback(own, piece)
  network.contract.block(own, piece)
  network.contract.piggyback(own, piece)
  return piggyback(network, own, piece)
}

function* spentOutput(network: People): Generator<undefined, Cheat> {
  const coin = yield* coinOf(network)
  const own = network.sign([coin], [mallory])
  network.block(own)
  yield
  const place = network.chain.evidence.inclusion(own.transaction)
  if (!place) throw new Error('not included')
  network.block(network.sign([at(place.blknum, place.txIndex, 1)], [bob]))
  yield
  network.contract.startInFlightExit(own)
  const piece = { side: 'output', index: 1 } as const
  network.contract.piggyback(own, piece)
  return piggyback(network, own, piece)
}

/** Piggybacked before the transaction was in a block, and before its output was spent. */
function* outputSpentLater(network: People): Generator<undefined, Cheat> {
  const coin = yield* coinOf(network)
  const own = network.sign([coin], [mallory])
  network.contract.startInFlightExit(own)
  const piece = { side: 'output', index: 0 } as const
  network.contract.piggyback(own, piece)
  network.block(own)
  const place = network.chain.evidence.inclusion(own.transaction)
  if (!place) throw new Error('not included')
  network.block(network.sign([at(place.blknum, place.txIndex, 0)], [bob]))
  yield
  return piggyback(network, own, piece)
}

function piggyback(network: People, own: SignedTransaction, piece: PieceName): Cheat {
  const { txHash, raw } = own.transaction
  const asked = { txHash, index: piece.index, framework }
  const verify = {
    input: (facts: Facts) => {
      const data = found(inputChallenge(facts, asked))
      const inputOutputId = inputIdOf(network, data.input_utxo_pos)
      return verifyInputChallenge(data, { inFlightTx: raw, inputOutputId, framework })
    },
    output: (facts: Facts) => {
      const data = found(outputChallenge(facts, asked))
      const root = network.root(decodeUtxoPos(data.in_flight_output_pos).blknum)
      return verifyOutputChallenge(data, { inFlightTx: raw, outputIndex: piece.index, root, framework })
    },
  }
  return {
    expected: { type: 'invalid_piggyback', txHash, ...piece },
    hers: [txHash],
    answer: (facts) => {
      expect(verify[piece.side](facts)).toMatchObject({ ok: true })
      network.contract.block(own, piece)
    },
  }
}

function* deniedInclusion(network: People): Generator<undefined, Cheat> {
  const coin = yield* coinOf(network)
  const [own, rival] = [network.sign([coin], [bob]), network.sign([coin], [mallory])]
  network.contract.startInFlightExit(own)
  network.contract.challengeNotCanonical(own, rival)
  yield
  network.block(own)
  const { txHash, raw } = own.transaction
  return {
    expected: { type: 'invalid_ife_challenge', txHash },
    hers: [txHash],
    answer: (facts) => {
      const data = found(canonicalProof(facts, txHash))
      const root = network.root(decodeUtxoPos(data.in_flight_tx_pos).blknum)
      const onContract = { inFlightTx: raw, oldestCompetitorPosition: NOT_INCLUDED, root }
      expect(verifyCanonicalProof(data, onContract)).toEqual({ ok: true })
      network.contract.respond(own, data.in_flight_tx_pos)
    },
  }
}

function inputIdOf({ chain }: People, utxoPos: UtxoPos): Hash {
  return outputId(chain.creating(utxoPos), decodeUtxoPos(utxoPos).outputIndex, utxoPos)
}

function found<Data>(answer: { ok: true; data: Data } | { ok: false; error: string }): Data {
  if (!answer.ok) throw new Error(answer.error)
  return answer.data
}

/** Every way to cheat. */
export const plays: Readonly<Record<string, Play>> = {
  'exits a coin that a block has spent': spentCoin,
  'exits the second coin of a payment': spentSecondCoin,
  'exits the coin of her own in-flight payment': coinOfInFlightPayment,
  'exits a coin of a transaction that only calldata has shown': coinOfCompetitor,
  'is paid for a coin that a block has spent': paidTheft,
  'starts an in-flight exit whose competitor is in a block': competitorInBlock,
  'starts two in-flight exits of one coin': competitorInNoBlock,
  'starts an in-flight exit with several competitors': olderCompetitor,
  'piggybacks an input and spends it afterwards': spentInput,
  'piggybacks a spent input again after a challenge': spentInputAgain,
  'piggybacks an output that she has spent': spentOutput,
  'piggybacks an output and spends it afterwards': outputSpentLater,
  'denies that a transaction is in a block': deniedInclusion,
}
