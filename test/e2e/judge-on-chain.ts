import { canonicalProof } from '../../src/exit-game/canonical-proof.ts'
import { challengeStandardExitCall } from '../../src/exit-game/calls.ts'
import {
  challengeInputSpentCall,
  challengeNotCanonicalCall,
  challengeOutputSpentCall,
  respondToChallengeCall,
} from '../../src/exit-game/challenge-calls.ts'
import { competitorData } from '../../src/exit-game/competitor-data.ts'
import type { Condition, ConditionType } from '../../src/exit-game/condition.ts'
import type { ExitGameEvent } from '../../src/exit-game/contract-event.ts'
import { emptyGame, foldGame } from '../../src/exit-game/exit-game.ts'
import { spentByExit } from '../../src/exit-game/finalized-outputs.ts'
import { judge } from '../../src/exit-game/judge.ts'
import { ledgerEvidence } from '../../src/exit-game/ledger-evidence.ts'
import { inputChallenge, outputChallenge } from '../../src/exit-game/piggyback-challenge.ts'
import type { Facts } from '../../src/exit-game/spends.ts'
import { standardExitChallenge } from '../../src/exit-game/standard-exit-challenge.ts'
import { fromHex } from '../../src/lib/bytes.ts'
import { checkBlock } from '../../src/plasma/block.ts'
import { merkleRoot } from '../../src/plasma/merkle.ts'
import { depositTransaction, encodeSigned } from '../../src/plasma/encode-transaction.ts'
import type { Address, Seconds, Timestamp } from '../../src/plasma/units.ts'
import type { ChainEvent } from '../../src/watcher/facts.ts'
import type { Head } from '../../src/watcher/root-chain.ts'
import { createLedger, type Ledger } from '../support/ledger.ts'
import type { Payment } from './exit-game-coins.ts'
import { PERIOD } from './exit-game-stage.ts'

type Chain = { blocks: ReadonlyMap<bigint, readonly Payment[]>; framework: Address }

/** What the root chain's events and the blocks behind them show, in their order. */
export function factsFrom(events: readonly ChainEvent[], chain: Chain): Facts {
  const ledger = createLedger()
  const times = new Map<bigint, Timestamp>()
  const evidence = ledgerEvidence(ledger, { blockTimestamp: (blknum) => times.get(blknum), archivedSpends: () => [] })
  let game = emptyGame({ framework: chain.framework })
  for (const event of events) {
    if (event.type === 'DepositCreated' || event.type === 'BlockSubmitted') {
      times.set(event.blknum, event.timestamp)
      takeIn(ledger, event, chain)
    } else {
      game = foldGame(game, [event])
      if (isPayout(event)) ledger.exit(spentByExit(event, game, evidence.inclusion))
    }
  }
  return { game, evidence }
}

function takeIn(
  ledger: Ledger,
  event: Extract<ChainEvent, { type: 'DepositCreated' | 'BlockSubmitted' }>,
  { blocks, framework }: Chain,
): void {
  if (event.type === 'DepositCreated') {
    const { blknum, depositor: owner, token: currency, amount } = event
    ledger.deposit(blknum, event.transaction ?? depositTransaction({ owner, currency, amount }))
    return
  }
  const payments = blocks.get(event.blknum) ?? []
  const place = { blknum: event.blknum, hash: merkleRoot(payments.map(({ tx }) => fromHex(tx))) }
  const transactions = payments.map(({ tx, witnesses }) => encodeSigned(fromHex(tx), witnesses.map(fromHex)))
  const checked = checkBlock({ requested: place, served: { ...place, transactions }, framework })
  if (!checked.ok) throw new Error(checked.finding.errorType)
  ledger.apply(checked.block)
}

function isPayout(
  event: ExitGameEvent,
): event is Extract<ExitGameEvent, { type: 'ExitFinalized' | 'InFlightExitWithdrawn' }> {
  return event.type === 'ExitFinalized' || event.type === 'InFlightExitWithdrawn'
}

export function judgeFacts({ game, evidence }: Facts, { number, timestamp }: Head): Condition[] {
  const minExitPeriod = PERIOD as Seconds
  return judge(game, evidence, { now: timestamp, ethHeight: number, slaMarginBlocks: 5_000n, minExitPeriod })
}

type Sending = { framework: Address; sender: Address }
type Call = { functionName: string; args: readonly unknown[] }

/** The call that answers a condition, made of nothing but what is known. */
export const answerTo: Partial<
  Record<ConditionType, (condition: Condition, facts: Facts, sending: Sending) => Call | undefined>
> = {
  invalid_exit: (condition, facts, { framework, sender }) => {
    if (condition.type !== 'invalid_exit') return undefined
    const data = found(standardExitChallenge(facts, condition.utxoPos, framework))
    return challengeStandardExitCall({
      exitId: data.exit_id,
      exitingTx: data.exiting_tx,
      challengeTx: data.txbytes,
      inputIndex: data.input_index,
      signature: data.sig,
      sender,
    })
  },
  noncanonical_ife: (condition, facts, { framework }) =>
    'txHash' in condition
      ? challengeNotCanonicalCall(found(competitorData(facts, condition.txHash, framework)))
      : undefined,
  invalid_ife_challenge: (condition, facts) =>
    'txHash' in condition ? respondToChallengeCall(found(canonicalProof(facts, condition.txHash))) : undefined,
  invalid_piggyback: (condition, facts, { framework, sender }) => {
    if (condition.type !== 'invalid_piggyback') return undefined
    const { txHash, side, index } = condition
    return side === 'input'
      ? challengeInputSpentCall(found(inputChallenge(facts, { txHash, index, framework })), sender)
      : challengeOutputSpentCall(found(outputChallenge(facts, { txHash, index, framework })), sender)
  },
}

function found<Data>(answer: { ok: true; data: Data } | { ok: false; error: string }): Data {
  if (!answer.ok) throw new Error(answer.error)
  return answer.data
}
