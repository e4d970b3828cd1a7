import { isActive } from '../../src/exit-game/activity.ts'
import type { Evidence } from '../../src/exit-game/evidence.ts'
import type { ExitGame } from '../../src/exit-game/exit-game.ts'
import type { InFlightExit } from '../../src/exit-game/in-flight-exit.ts'
import { decodeUtxoPos, encodeUtxoPos } from '../../src/plasma/position.ts'
import type { Hash, UtxoPos } from '../../src/plasma/units.ts'

/** In-flight transactions that elixir-omg has found in a block, which it looks for only while their exit is active. */
export type Seen = ReadonlySet<Hash>

/** Looks for the transactions of active exits, as elixir-omg does after each block and at each query. */
export function look(seen: Seen, game: ExitGame, evidence: Evidence): Seen {
  const active = [...game.inFlightExits.values()].filter((exit) => isActive(exit, { game, evidence }))
  return new Set([
    ...seen,
    ...active.flatMap(({ txHash, transaction }) => (evidence.inclusion(transaction) ? [txHash] : [])),
  ])
}

/**
 * What elixir-omg sees of blocks (watcher.md 10, D1): the spends of positions that an active exit makes it check. A
 * block that so spends an input of some in-flight exit is known as a whole. Found by holding this against the answers:
 * a block that only a standard exit led to is not known to in-flight exits.
 */
export function elixirSight({ game, evidence, seen }: { game: ExitGame; evidence: Evidence; seen: Seen }): Evidence {
  const isBelow = (utxoPos: UtxoPos) => decodeUtxoPos(utxoPos).blknum < evidence.nextBlknum()
  const exits = [...game.inFlightExits.values()]
  const active = exits.filter(
    (exit) => isActive(exit, { game, evidence }) && exit.inputs.every(({ utxoPos }) => isBelow(utxoPos)),
  )
  const ofStandardExits = new Set(activeStandardExits(game).filter(isBelow))
  const checked = new Set([...ofStandardExits, ...active.flatMap(inputsOf)])
  const outputs = active.filter(({ txHash }) => seen.has(txHash)).flatMap((exit) => piggybackedOutputs(exit, evidence))
  const inputs = exits.flatMap(inputsOf).filter((utxoPos) => checked.has(utxoPos))
  const blocks = new Set([...inputs, ...outputs].flatMap((utxoPos) => evidence.blockSpend(utxoPos)?.blknum ?? []))
  return {
    ...evidence,
    blockSpend: (utxoPos) => {
      const spend = evidence.blockSpend(utxoPos)
      return spend && (ofStandardExits.has(utxoPos) || blocks.has(spend.blknum)) ? spend : undefined
    },
    inclusion: (transaction) => (seen.has(transaction.txHash) ? evidence.inclusion(transaction) : undefined),
  }
}

/** An exit that was paid though its output was spent is active again there. */
function activeStandardExits(game: ExitGame): UtxoPos[] {
  const active = [...game.standardExits.values()].filter(({ status }) => status === 'open' || status === 'finalized')
  return active.map(({ utxoPos }) => utxoPos)
}

function inputsOf({ inputs }: InFlightExit): UtxoPos[] {
  return inputs.map(({ utxoPos }) => utxoPos)
}

function piggybackedOutputs({ transaction, piggybacks }: InFlightExit, { inclusion }: Evidence): UtxoPos[] {
  const place = inclusion(transaction)
  if (!place) return []
  return piggybacks.output.flatMap(({ status }, outputIndex) =>
    status === 'absent' || status === 'blocked' ? [] : [encodeUtxoPos({ ...place, outputIndex })],
  )
}
