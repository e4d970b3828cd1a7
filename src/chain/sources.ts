import type { Address, UtxoPos } from '../plasma/units.ts'
import type { RootChain } from '../watcher/root-chain.ts'
import type { Calls } from './sent-calls.ts'
import type { ExitGameReader } from './exit-game.ts'
import type { Node } from './node.ts'

/** The raw transaction that created an output, from what the guard itself has of the child chain. */
export type Archive = (utxoPos: UtxoPos) => Uint8Array | undefined

/** Where the missing half of an event may be found, and what it can be checked against. */
export type Sources = {
  node: Node
  framework: Address
  exitGame: Address
  reader: ExitGameReader
  submittedBlock: RootChain['submittedBlock']
  calls: Calls
  archive?: Archive | undefined
}
