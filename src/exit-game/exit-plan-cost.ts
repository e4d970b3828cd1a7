import type { Address, Timestamp, Wei } from '../plasma/units.ts'
import type { Side } from './contract-event.ts'
import type { ExitPlan } from './exit-plan.ts'
import type { Output } from '../plasma/transaction.ts'

/** What the contract takes with each payable call, and gives back when nobody challenges. */
type Bonds = { standardExit: Wei; inFlightExit: Wei; piggyback: Wei }

/** A transaction of a plan. */
export type PlannedCall = {
  functionName:
    | 'addExitQueue'
    | 'startInFlightExit'
    | 'piggybackInFlightExitOnInput'
    | 'piggybackInFlightExitOnOutput'
    | 'startStandardExit'
  /** Missing of a queue, which serves many exits. */
  exitId?: bigint
  /** What it brings home; starting an in-flight exit alone brings nothing. */
  output?: Output
  /** Of a queue. */
  token?: Address
  index?: number
  bond: Wei
  /** Roughly. */
  gas: bigint
  deadline?: Timestamp
}

/** Measured on contracts v1.0.4 with simple transactions (contracts.md 5), rounded up. */
const GAS = { addExitQueue: 600_000n, piggyback: 350_000n, startStandardExit: 400_000n }
/** By number of inputs. */
const START_GAS = [700_000n, 900_000n, 1_400_000n, 1_900_000n]

/** Every transaction of a plan, in order. */
export function callsOf(plan: ExitPlan, bonds: Bonds): PlannedCall[] {
  const queued = new Set<Address>()
  const addQueue = (tokens: readonly Address[], deadline: Timestamp | undefined): PlannedCall[] => {
    const missing = tokens.filter((token) => !queued.has(token))
    for (const token of missing) queued.add(token)
    return missing.map((token) => ({
      ...{ functionName: 'addExitQueue', token, bond: 0n as Wei, gas: GAS.addExitQueue },
      ...until(deadline),
    }))
  }
  const piggyback = ({ exitId, side, index, output, deadline }: Joining): PlannedCall => ({
    functionName: side === 'input' ? 'piggybackInFlightExitOnInput' : 'piggybackInFlightExitOnOutput',
    ...{ exitId, output, index, deadline, bond: bonds.piggyback, gas: GAS.piggyback },
  })
  return [
    ...plan.inFlightExits.flatMap(({ exitId, data, piggybacks, addExitQueues, deadline }): PlannedCall[] => [
      ...addQueue(addExitQueues, deadline),
      {
        functionName: 'startInFlightExit',
        ...{ exitId, bond: bonds.inFlightExit, gas: START_GAS[data.input_txs.length - 1] ?? 0n },
        ...until(deadline),
      },
      ...piggybacks.map((each) => piggyback({ ...each, exitId })),
    ]),
    ...plan.piggybacks.flatMap((each) => [
      ...addQueue(each.addExitQueue ? [each.output.currency] : [], each.deadline),
      piggyback(each),
    ]),
    ...plan.standardExits.flatMap(({ exitId, output, addExitQueue, deadline }): PlannedCall[] => [
      ...addQueue(addExitQueue ? [output.currency] : [], deadline),
      {
        functionName: 'startStandardExit',
        ...{ exitId, output, bond: bonds.standardExit, gas: GAS.startStandardExit },
        ...until(deadline),
      },
    ]),
  ]
}

/** What calls take in all: bonds come back, gas does not. */
export function costOf(calls: readonly PlannedCall[], feePerGas: Wei): { bonds: Wei; fees: Wei } {
  return {
    bonds: calls.reduce((sum, { bond }) => sum + bond, 0n) as Wei,
    fees: calls.reduce((sum, { gas }) => sum + gas * feePerGas, 0n) as Wei,
  }
}

type Joining = { exitId: bigint; side: Side; index: number; output: Output; deadline: Timestamp }

function until(deadline: Timestamp | undefined): { deadline?: Timestamp } {
  return deadline === undefined ? {} : { deadline }
}
