import { describe, expect, test } from '@jest/globals'
import { canonicalProof } from '../../src/exit-game/canonical-proof.ts'
import { competitorData } from '../../src/exit-game/competitor-data.ts'
import { exitData, inFlightExitData } from '../../src/exit-game/exit-data.ts'
import type { Evidence } from '../../src/exit-game/evidence.ts'
import { activeInFlightExits } from '../../src/exit-game/in-flight-exit-status.ts'
import { judge } from '../../src/exit-game/judge.ts'
import { inputChallenge, outputChallenge } from '../../src/exit-game/piggyback-challenge.ts'
import type { Facts } from '../../src/exit-game/spends.ts'
import { standardExitChallenge } from '../../src/exit-game/standard-exit-challenge.ts'
import { statusEvents } from '../../src/exit-game/status-events.ts'
import { fromHex, toHex, type Hex } from '../../src/lib/bytes.ts'
import { merkleRoot, verifyProof } from '../../src/plasma/merkle.ts'
import { decodeUtxoPos } from '../../src/plasma/position.ts'
import { recover } from '../../src/plasma/signature.ts'
import { depositTransaction } from '../../src/plasma/encode-transaction.ts'
import {
  decodeSignedTransaction,
  decodeTransaction,
  type SignedTransaction,
  type Transaction,
} from '../../src/plasma/transaction.ts'
import { signingHash } from '../../src/plasma/typed-data.ts'
import type { Address, Hash, UtxoPos, Wei } from '../../src/plasma/units.ts'
import { loadHistories, type Answer, type Fields, type History } from '../support/histories.ts'
import { replay, type Scene } from './replay-history.ts'

type Ours = { ok: true; data: object } | { ok: false; error: string }

/** As JSON on elixir-omg's wire; the files hold amounts and exit ids as decimal strings. */
function onWire(value: unknown, key = ''): unknown {
  if (value instanceof Uint8Array) return toHex(value)
  if (typeof value === 'bigint') return ['amount', 'exit_id'].includes(key) ? String(value) : Number(value)
  if (Array.isArray(value)) return value.map((item) => onWire(item))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, onWire(item, name)]))
}

/** Keys and members in one order, so that sets compare. */
function sorted(members: readonly unknown[]): string[] {
  return members.map((member) => JSON.stringify(inOrder(member))).sort()
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, item]) => [key, inOrder(item)]),
  )
}

function isLate({ name }: Fields): boolean {
  return String(name).startsWith('unchallenged_')
}

/** Any known spender of the position may be named. */
function withoutSpender({ query: { expect: expected } }: Scene, event: Fields): Fields {
  const { spending_txhash: spender, ...rest } = event
  const known = expected.known_spenders[String(event['utxo_pos'])]
  return known?.includes(spender as Hex) ? rest : event
}

/** Where an answer names a spender: several may be right. */
const SPENDER = {
  se_challenges: { tx: 'txbytes', sig: 'sig', index: 'input_index' },
  competitors: { tx: 'competing_txbytes', sig: 'competing_sig', index: 'competing_input_index' },
  piggyback_challenges: { tx: 'spending_txbytes', sig: 'spending_sig', index: 'spending_input_index' },
} as const

type Compared = { section: keyof typeof SPENDER; asked: Answer; ours: Ours; history: History; scene: Scene }

/** The position that an answer's spender must spend. */
function spentPosition({ section, asked }: Compared, data: Fields): bigint {
  if (section === 'se_challenges') return BigInt(String(asked.utxo_pos))
  return BigInt(String(data['input_utxo_pos'] ?? data['in_flight_output_pos']))
}

function expectAnswer(compared: Compared): void {
  const { section, asked, ours, history, scene } = compared
  if (!asked.data || !ours.ok) {
    expectSame(asked, ours)
    return
  }
  const data = onWire(ours.data) as Fields
  if (JSON.stringify(inOrder(data)) === JSON.stringify(inOrder(asked.data))) return
  const { tx, sig, index } = SPENDER[section]
  const position = spentPosition(compared, data) as UtxoPos
  const spender = decoded(data[tx] as Hex)
  expect(scene.query.expect.known_spenders[String(position)]).toContain(spender.txHash)
  expect(spender.inputs[Number(data[index])]).toBe(position)
  const digest = signingHash(spender, history.framework)
  expect(recover(digest, fromHex(data[sig] as Hex))).toBe(ownerOf(position, scene))
  expect(data['competing_tx_pos']).toBe(asked.data['competing_tx_pos'])
  if (section === 'competitors') return
  const spenders: readonly string[] = [tx, sig, index]
  const others = (all: Fields) => Object.fromEntries(Object.entries(all).filter(([key]) => !spenders.includes(key)))
  expect(others(data)).toEqual(others(asked.data))
}

function decoded(raw: Hex): Transaction {
  const transaction = decodeTransaction(fromHex(raw))
  if (!transaction.ok) throw new Error(transaction.error)
  return transaction.value
}

function ownerOf(position: UtxoPos, { evidence }: Scene): Address | undefined {
  const raw = evidence.creatingTransaction(position)
  return raw && decoded(toHex(raw)).outputs[decodeUtxoPos(position).outputIndex]?.owner
}

/** Exit data proves its transaction to the root that the framework holds. */
function expectProven(data: Fields, history: History): void {
  const { blknum, txIndex } = decodeUtxoPos(BigInt(String(data['utxo_pos'])))
  const leaf = fromHex(data['txbytes'] as Hex)
  const root = rootOf(blknum, history)
  expect(verifyProof({ root, leaf, index: txIndex, proof: fromHex(data['proof'] as Hex) })).toBe(true)
}

function rootOf(blknum: bigint, { steps }: History): Hash {
  for (const step of steps) {
    if (step.op === 'block' && BigInt(step.blknum) === blknum) return step.hash as Hash
    if (step.op !== 'deposit' || BigInt(step.blknum) !== blknum) continue
    const { owner, currency, amount } = step
    const output = { owner: owner as Address, currency: currency as Address, amount: BigInt(amount) as Wei }
    return merkleRoot([depositTransaction(output)])
  }
  throw new Error(`No block ${blknum}`)
}

/** elixir-omg proves only unspent deposits; ours proves every deposit there was. */
function expectExitData(asked: Answer, ours: Ours, history: History): void {
  if (ours.ok) expectProven(onWire(ours.data) as Fields, history)
  if (ours.ok && asked.error === 'no_deposit_for_given_blknum') return
  expectSame(asked, ours)
}

function expectInFlightData(asked: Answer, ours: Ours, history: History): void {
  if (asked.error !== 'deposit_input_spent_ife_unsupported') {
    expectSame(asked, ours)
    return
  }
  const signed = signedTransaction(asked.signed_tx as Hex)
  if (!ours.ok) throw new Error(ours.error)
  const data = onWire(ours.data) as Record<string, readonly unknown[]>
  expect(data['in_flight_tx']).toBe(toHex(signed.transaction.raw))
  expect(data['in_flight_tx_sigs']).toEqual(signed.signatures.map(toHex))
  expect(data['input_utxos_pos']).toEqual(signed.transaction.inputs.map(Number))
  for (const [at, position] of signed.transaction.inputs.entries()) {
    const proof = data['input_txs_inclusion_proofs']?.[at]
    expectProven({ utxo_pos: position, txbytes: data['input_txs']?.[at], proof }, history)
  }
}

function signedTransaction(bytes: Hex): SignedTransaction {
  const signed = decodeSignedTransaction(fromHex(bytes))
  if (!signed.ok) throw new Error(signed.error)
  return signed.value
}

/** The events of `/status.get`, as far as elixir-omg knows of them. */
function eventsOf({ game, time }: Scene, evidence: Evidence): Fields[] {
  const conditions = judge(game, evidence, time)
  return statusEvents({ conditions, game, time }).map((event) => {
    const { byzantine_since: _, ...known } = event
    const { cause, deadline, ...theirs } = known
    expect([cause, deadline]).not.toContain(undefined)
    return onWire(theirs) as Fields
  })
}

function expectEvents(scene: Scene, evidence: Evidence): void {
  const { query, game } = scene
  const events = eventsOf(scene, evidence)
  const normal = (event: Fields) => withoutSpender(scene, event)
  expect(sorted(events.map(normal))).toEqual(sorted(query.expect.events.map(normal)))
  expect(events.some(isLate) ? 'unchallenged_exit' : 'ok').toBe(query.expect.verdict)
  const active = onWire(activeInFlightExits({ game, evidence: scene.evidence })) as Fields[]
  expect(sorted(active)).toEqual(sorted(query.expect.in_flight_exits))
}

/** Whatever is asked about an exit that is not active is answered by the limited view (see `elixirSight`). */
function factsFor({ query, game, evidence, limited }: Scene, txHash: unknown): Facts {
  const active = query.expect.in_flight_exits.some((exit) => exit['txhash'] === txHash)
  return { game, evidence: active ? evidence : limited }
}

function expectStandardExitAnswers(history: History, scene: Scene): void {
  const { query, game, evidence } = scene
  for (const asked of query.expect.se_challenges ?? []) {
    const ours = standardExitChallenge({ game, evidence }, positionOf(asked), history.framework)
    expectAnswer({ section: 'se_challenges', asked, ours, history, scene })
  }
  for (const asked of query.expect.exit_data ?? []) {
    expectExitData(asked, exitData(evidence, positionOf(asked)), history)
  }
}

function expectInFlightExitAnswers(history: History, scene: Scene): void {
  const { query, evidence } = scene
  for (const asked of query.expect.competitors ?? []) {
    const ours = competitorData(factsFor(scene, asked.tx_hash), asked.tx_hash as Hash, history.framework)
    expectAnswer({ section: 'competitors', asked, ours, history, scene })
  }
  for (const asked of query.expect.canonical_proofs ?? []) {
    expectSame(asked, canonicalProof(factsFor(scene, asked.tx_hash), asked.tx_hash as Hash))
  }
  for (const asked of query.expect.ife_data ?? []) {
    expectInFlightData(asked, inFlightExitData(evidence, signedTransaction(asked.signed_tx as Hex)), history)
  }
}

function expectPiggybackAnswers(history: History, scene: Scene): void {
  for (const asked of scene.query.expect.piggyback_challenges ?? []) {
    const piece = { txHash: asked.tx_hash as Hash, index: Number(asked.index), framework: history.framework }
    const challenge = asked.type === 'input' ? inputChallenge : outputChallenge
    const ours = challenge(factsFor(scene, asked.tx_hash), piece)
    expectAnswer({ section: 'piggyback_challenges', asked, ours, history, scene })
  }
}

function positionOf({ utxo_pos: position }: Answer): UtxoPos {
  return BigInt(String(position)) as UtxoPos
}

function expectSame(asked: Answer, ours: Ours): void {
  expect(onWire(ours)).toEqual(asked.data ? { ok: true, data: asked.data } : { ok: false, error: asked.error })
}

/** What a full view says beyond elixir-omg's speaks only of exits that are not active any more. */
function expectOnlyInactiveDiffer(scene: Scene): void {
  const { query, evidence } = scene
  const events = eventsOf(scene, evidence)
  const active = query.expect.in_flight_exits.map((exit) => exit['txbytes'])
  const concerned = ({ txbytes }: Fields) => txbytes === undefined || active.includes(txbytes)
  const normal = (event: Fields) => withoutSpender(scene, event)
  expect(sorted(events.filter(concerned).map(normal))).toEqual(
    sorted(query.expect.events.filter(concerned).map(normal)),
  )
}

describe.each(['histories-0.json', 'histories-1.json', 'histories-2.json'])(
  'judged by the cores of elixir-omg: %s',
  (name) => {
    const histories = loadHistories(name)
    const quirky = (history: History) => history.tags.includes('quirk_inactive_ife')

    test.each(histories.filter((history) => !quirky(history)).map((history) => [history.id, history] as const))(
      '%s: every event and every answer is the same',
      (_id, history) => {
        for (const scene of replay(history)) {
          expect(scene.game.unreadable).toEqual([])
          expectEvents(scene, scene.evidence)
          expectStandardExitAnswers(history, scene)
          expectInFlightExitAnswers(history, scene)
          expectPiggybackAnswers(history, scene)
        }
      },
    )

    test.each(histories.filter(quirky).map((history) => [history.id, history] as const))(
      '%s: the same for who looks only at blocks of active exits, and more for inactive ones',
      (_id, history) => {
        for (const scene of replay(history)) {
          expectEvents(scene, scene.limited)
          expectStandardExitAnswers(history, scene)
          expectInFlightExitAnswers(history, scene)
          expectPiggybackAnswers(history, scene)
          expectOnlyInactiveDiffer(scene)
        }
      },
    )
  },
)
