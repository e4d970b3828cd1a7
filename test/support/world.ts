import { toHex } from '../../src/lib/bytes.ts'
import type { Outcome } from '../../src/lib/outcome.ts'
import type { Address, Wei } from '../../src/plasma/units.ts'
import type { ContractCall, Intent, StandardExitState, World } from '../../src/tasks/task.ts'
import { framework } from './transactions.ts'

/** Where the stories' exit game stands, and who challenges there. */
export const exitGame = '0x00000000000000000000000000000000000e817a' as Address
export const responder = '0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a' as Address

type Sent = Pick<Intent, 'key' | 'purpose' | 'value'> & { call: ContractCall | undefined }
type Told = { what: Parameters<World['answered']>[0]; outcome: Outcome }

/** A world of plain values, and what a task did in it. `submit` asks the contract's state first, as the real one does. */
export function aWorld(different: Partial<World> & { exits?: Record<string, Partial<StandardExitState>> } = {}) {
  const { exits = {}, ...ports } = different
  const sent: Sent[] = []
  const told: Told[] = []
  const calls = new Map<string, ContractCall>()
  const world: World = {
    framework,
    exitGame,
    responder,
    witnesses: [],
    standardExit: async (exitId) =>
      ({ exitable: false, utxoPos: 0n, amount: 0n, ...exits[exitId.toString()] }) as StandardExitState,
    encode: (call, bond = 0n as Wei) => {
      const data = toHex(Uint8Array.of(calls.size))
      calls.set(data, call)
      return { to: exitGame, data, value: bond }
    },
    submit: async ({ key, purpose, value, data, settled }) => {
      const early = await settled()
      if (early) return early
      sent.push({ key, purpose, value, call: calls.get(data) })
      return { outcome: 'done_by_us', reason: 'mined', txHash: `0x${'77'.repeat(32)}` }
    },
    answered: async (what, outcome) => {
      told.push({ what, outcome })
    },
    log: { debug() {}, info() {}, warn() {}, error() {} },
    ...ports,
  }
  return { world, sent, told }
}
