import { isActive } from '../exit-game/activity.ts'
import type { Address, UtxoPos } from '../plasma/units.ts'
import type { Snapshot } from '../watcher/snapshot.ts'

type Exiting = { positions: ReadonlySet<UtxoPos>; byOwner: ReadonlyMap<Address, readonly UtxoPos[]> }

const known = new WeakMap<Snapshot, Exiting>()

/**
 * Outputs that are in an exit already: exiting in a standard exit, or inputs of an active in-flight exit (watcher trap
 * 12). Found once for every snapshot.
 */
export function exitingOutputs(snapshot: Snapshot): Exiting {
  const found = known.get(snapshot) ?? findExiting(snapshot)
  known.set(snapshot, found)
  return found
}

function findExiting({ game, evidence }: Snapshot): Exiting {
  const owners = new Map<UtxoPos, Address>()
  for (const { status, utxoPos, owner } of game.standardExits.values()) {
    if (status === 'open') owners.set(utxoPos, owner)
  }
  for (const exit of game.inFlightExits.values()) {
    if (!isActive(exit, { game, evidence })) continue
    for (const { utxoPos, output } of exit.inputs) owners.set(utxoPos, output.owner)
  }
  const byOwner = new Map<Address, UtxoPos[]>()
  for (const [utxoPos, owner] of owners) byOwner.set(owner, [...(byOwner.get(owner) ?? []), utxoPos])
  return { positions: new Set(owners.keys()), byOwner }
}
