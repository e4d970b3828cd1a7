import type { Condition } from '../exit-game/condition.ts'
import type { At, Side } from '../exit-game/contract-event.ts'
import { contractPiece, isMarked } from '../exit-game/contract-piece.ts'
import { inFlightExitableAt, lastOfPhaseOne } from '../exit-game/deadlines.ts'
import { toHex } from '../lib/bytes.ts'
import { keccak } from '../plasma/keccak.ts'
import { decodeUtxoPos } from '../plasma/position.ts'
import type { Address, Hash, Timestamp } from '../plasma/units.ts'
import type { Deployment } from './deployment.ts'
import type { InFlightExitState } from './exit-game.ts'
import type { InFlightLog, LocatedInFlightExit } from './locate-in-flight-exit.ts'
import type { Locator } from './locator.ts'
import type { createRootChain } from './root-chain.ts'
import type { WatcherReport } from './watcher-report.ts'

/** A report about an in-flight exit, which it names by its transaction. */
export type InFlightReport = Extract<WatcherReport, { txbytes: Uint8Array }>

export type InFlightSources = {
  rootChain: Pick<ReturnType<typeof createRootChain>, 'submittedBlock'>
  locator: Pick<Locator, 'inFlightExit'>
  deployment: Pick<Deployment, 'minExitPeriod'>
  /** Until which height something may have begun to be overdue now. */
  overdueSince: bigint
}

type Named = { raw: Uint8Array; exit: LocatedInFlightExit; sources: InFlightSources }

/**
 * The conditions of a report about an in-flight exit, as the contract and its logs bear them out: exit id, occurrences,
 * owners and deadlines are theirs. What the contract no longer holds as reported gives none. Undefined when the contract
 * holds no such exit at all.
 *
 * @throws {@link RootChainUnavailableError}
 */
export async function identifyInFlightExit(
  report: InFlightReport,
  sources: InFlightSources,
): Promise<readonly Condition[] | undefined> {
  const exit = await sources.locator.inFlightExit(toHex(keccak(report.txbytes)) as Hash)
  if (exit?.history[0].type !== 'InFlightExitStarted') return undefined
  return conditionsOf(report, { raw: report.txbytes, exit, sources })
}

async function conditionsOf(report: InFlightReport, named: Named): Promise<readonly Condition[]> {
  const [start] = named.exit.history
  switch (report.event) {
    case 'noncanonical_ife':
    case 'unchallenged_noncanonical_ife':
      return [{ type: report.event, ...about(named, start), deadline: phaseOneOf(named) }]
    case 'invalid_ife_challenge':
      return challenged(named)
    case 'piggyback_available':
      return [
        ...available(named, 'input', report.available_inputs),
        ...available(named, 'output', report.available_outputs),
      ]
    case 'invalid_piggyback':
    case 'unchallenged_piggyback':
      return invalid(named, report)
  }
}

function about({ raw, exit: { exitId, txHash } }: Named, { occurrence, blockNumber }: At) {
  return { exitId, txHash, txBytes: toHex(raw), occurrence, ethHeight: blockNumber }
}

function phaseOneOf({ exit: { state }, sources }: Named): Timestamp {
  return lastOfPhaseOne(state.exitStartTimestamp, sources.deployment.minExitPeriod)
}

async function challenged(named: Named): Promise<readonly Condition[]> {
  const { exit } = named
  const challenge = exit.history.findLast(({ type }) => type === 'InFlightExitChallenged')
  if (!challenge || exit.state.isCanonical) return []
  const deadlines = await Promise.all([...tokensIn(exit.state)].map((token) => exitableAt(named, token)))
  const [first] = deadlines.filter((deadline) => deadline !== undefined).sort((one, other) => Number(one - other))
  const deadline = first === undefined ? {} : { deadline: first }
  return [{ type: 'invalid_ife_challenge', ...about(named, challenge), ...deadline }]
}

/** Owners are the contract's, whoever the report names. */
function available(named: Named, side: Side, offered: readonly { index: number }[]): Condition[] {
  const { exit } = named
  return offered.flatMap(({ index }): Condition[] => {
    const piece = contractPiece(exit.state, { side, index })
    if (!piece || isMarked(exit.state.exitMap, { side, index })) return []
    const which = { side, index, owner: piece.exitTarget, deadline: phaseOneOf(named) }
    return [{ type: 'piggyback_available', ...about(named, exit.history[0]), ...which }]
  })
}

type PiggybackReport = Extract<InFlightReport, { event: 'invalid_piggyback' | 'unchallenged_piggyback' }>

async function invalid(named: Named, { event, inputs, outputs }: PiggybackReport): Promise<readonly Condition[]> {
  const pieces = [
    ...inputs.map((index) => ({ side: 'input' as const, index })),
    ...outputs.map((index) => ({ side: 'output' as const, index })),
  ]
  const found = await Promise.all(pieces.map((piece) => invalidPiece(named, event, piece)))
  return found.flat()
}

/**
 * elixir-omg calls a piggyback unchallenged by the age of its exit; ours is the age of the piggyback, or a bond posted
 * late would make everybody leave.
 */
async function invalidPiece(
  named: Named,
  type: PiggybackReport['event'],
  { side, index }: { side: Side; index: number },
): Promise<Condition[]> {
  const { exit, sources } = named
  const piece = contractPiece(exit.state, { side, index })
  const piggyback = exit.history.findLast((log) => isPiggyback(log) && log.side === side && log.index === index)
  if (!piece || !piggyback || !isMarked(exit.state.exitMap, { side, index })) return []
  if (type === 'unchallenged_piggyback' && piggyback.blockNumber > sources.overdueSince) return []
  const deadline = await exitableAt(named, piece.token)
  return [{ type, ...about(named, piggyback), side, index, ...(deadline === undefined ? {} : { deadline }) }]
}

/** The first piggyback of a token puts the exit into its queue, and sets its time. */
async function exitableAt({ exit, sources }: Named, token: Address): Promise<Timestamp | undefined> {
  const first = exit.history.find((log) => isPiggyback(log) && contractPiece(exit.state, log)?.token === token)
  if (!first) return undefined
  const youngest = await sources.rootChain.submittedBlock(decodeUtxoPos(exit.state.position).blknum)
  return inFlightExitableAt({
    firstPiggybackAt: first.timestamp,
    youngestInputAt: youngest?.timestamp,
    minExitPeriod: sources.deployment.minExitPeriod,
  })
}

type Piggyback = Extract<InFlightLog, { type: 'InFlightExitPiggybacked' }>

function isPiggyback(log: InFlightLog): log is Piggyback {
  return log.type === 'InFlightExitPiggybacked'
}

/** The tokens that are still to be paid. */
function tokensIn(state: InFlightExitState): ReadonlySet<Address> {
  const { inputs, outputs, exitMap } = state
  const claimed = [
    ...inputs.filter((_, index) => isMarked(exitMap, { side: 'input', index })),
    ...outputs.filter((_, index) => isMarked(exitMap, { side: 'output', index })),
  ]
  return new Set(claimed.map(({ token }) => token))
}
