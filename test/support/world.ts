import { toHex } from '../../src/lib/bytes.ts'
import type { Alarm } from '../../src/lib/alarm.ts'
import { GuardError } from '../../src/lib/errors.ts'
import type { Outcome } from '../../src/lib/outcome.ts'
import type { Address, Hash, Timestamp, Wei } from '../../src/plasma/units.ts'
import type {
  ContractCall,
  InFlightExitState,
  Intent,
  StandardExitState,
  Witness,
  World,
} from '../../src/tasks/task.ts'
import { MEP, timeOf } from './exits.ts'
import { alice } from './signers.ts'
import { framework } from './transactions.ts'

/** Where the stories' exit game stands, and who challenges there. */
export const exitGame = '0x00000000000000000000000000000000000e817a' as Address
export const responder = '0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a' as Address

type Sent = Pick<Intent, 'key' | 'purpose' | 'value' | 'from'> & { call: ContractCall | undefined }
type Told = { what: Parameters<World['answered']>[0]; outcome: Outcome }

type Different = Partial<World> & {
  exits?: Record<string, Partial<StandardExitState>>
  inFlightExits?: Record<string, InFlightExitState>
  /** Roots of child blocks. */
  roots?: Record<string, Hash>
}

/** The contract's answer for an in-flight exit that it does not know. */
export const NO_EXIT: InFlightExitState = {
  isCanonical: false,
  exitStartTimestamp: 0n as Timestamp,
  exitMap: 0n,
  inputs: [],
  outputs: [],
  bondOwner: `0x${'00'.repeat(20)}` as Address,
  oldestCompetitorPosition: 0n,
}

/** A world of plain values, and what a task did in it. `submit` asks the contract's state first, as the real one does. */
export function aWorld(different: Different = {}) {
  const { exits = {}, inFlightExits = {}, roots = {}, ...ports } = different
  const sent: Sent[] = []
  const told: Told[] = []
  const urgencies: { [Field in 'purpose' | 'deadline' | 'stake' | 'own']: Intent[Field] | undefined }[] = []
  const alarms: Alarm[] = []
  const calls = new Map<string, ContractCall>()
  const world: World = {
    framework,
    exitGame,
    responder: async () => responder,
    minExitPeriod: MEP,
    own: new Set([alice.address]),
    witnesses: [],
    now: async () => timeOf(101),
    standardExit: async (exitId) =>
      ({ exitable: false, utxoPos: 0n, amount: 0n, ...exits[exitId.toString()] }) as StandardExitState,
    inFlightExit: async (exitId) => inFlightExits[exitId.toString()] ?? NO_EXIT,
    isOutputFinalized: async () => false,
    submittedBlock: async (blknum) => {
      const root = roots[blknum.toString()]
      return root && { root }
    },
    bonds: async () => ({ standardExit: 14n as Wei, inFlightExit: 37n as Wei, piggyback: 28n as Wei }),
    hasExitQueue: async () => true,
    exitQueue: async () => [],
    archivedSpends: () => [],
    encode: (call, bond = 0n as Wei) => {
      const data = toHex(Uint8Array.of(calls.size))
      calls.set(data, call)
      return { to: exitGame, data, value: bond }
    },
    submit: async ({ key, purpose, value, data, from, deadline, stake, own, settled }) => {
      const early = await settled()
      if (early) return early
      urgencies.push({ purpose, deadline, stake, own })
      sent.push({ key, purpose, value, call: calls.get(data), ...(from === undefined ? {} : { from }) })
      return { outcome: 'done_by_us', reason: 'mined', txHash: `0x${'77'.repeat(32)}` }
    },
    answered: async (what, outcome) => {
      told.push({ what, outcome })
    },
    deadlineOf: () => undefined,
    raise: async (alarm) => {
      alarms.push(alarm)
    },
    leaving: {
      refusal: undefined,
      plan: () => Promise.reject(new Error('not asked in this story')),
      deadlineOf: () => undefined,
      hasPaidOn: async () => false,
      feePerGas: async () => 1n as Wei,
      endedStart: () => undefined,
    },
    log: { debug() {}, info() {}, warn() {}, error() {} },
    ...ports,
  }
  return { world, sent, told, alarms, urgencies }
}

class Deaf extends GuardError {
  override readonly code = 'DEAF'
  override readonly retryable = true
}

/** Somebody who does not answer, or only where the story says so. */
export function aWitness(different: Partial<Witness> = {}): Witness {
  const deaf = () => Promise.reject(new Deaf('no answer'))
  return {
    name: 'watcher',
    standardExitChallenge: deaf,
    competitor: deaf,
    canonicalProof: deaf,
    inputChallenge: deaf,
    outputChallenge: deaf,
    inputSpend: deaf,
    outputSpend: deaf,
    ...different,
  }
}
