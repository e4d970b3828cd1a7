import { canonicityChallenges, inFlightExitStarts, standardExitStarts } from './call-arguments.ts'
import { completeChallenge } from './complete-challenge.ts'
import { completeInFlightExit } from './complete-in-flight-exit.ts'
import { completeStandardExit } from './complete-standard-exit.ts'
import type { Complete, Incomplete } from './decode-log.ts'
import type { LogEntry } from './shapes.ts'
import type { Sources } from './sources.ts'

/**
 * Adds what v1 logs leave out: the arguments of the call. Read from the transaction when it calls the exit game itself.
 * Of a call through another contract: from the contract's state and what we have ourselves, then from whatever its
 * calldata holds that the contract can have accepted, then from a trace. Undefined when none of these shows it.
 *
 * @throws {@link RootChainUnavailableError}
 */
export async function complete(
  { event, log }: { event: Incomplete; log: LogEntry },
  sources: Sources,
): Promise<Complete | undefined> {
  const sent = await sources.calls.sent(log)
  const direct = sent?.to === sources.exitGame ? asCalled(event, sent.calldata) : undefined
  return direct ?? throughWrapper({ event, calldata: sent?.calldata ?? new Uint8Array() }, sources)
}

async function throughWrapper(
  { event, calldata }: { event: Incomplete; calldata: Uint8Array },
  sources: Sources,
): Promise<Complete | undefined> {
  const traced = async () => {
    const calls = await sources.calls.traced(event.occurrence.txHash, sources.exitGame)
    return calls.map((call) => asCalled(event, call)).find((found) => found !== undefined)
  }
  switch (event.type) {
    case 'ExitStarted':
      return (await completeStandardExit({ event, calldata }, sources)) ?? traced()
    case 'InFlightExitStarted':
      return (await completeInFlightExit({ event, calldata }, sources)) ?? traced()
    case 'InFlightExitChallenged': {
      const { certain, possible } = await completeChallenge({ event, calldata }, sources)
      return certain ?? (await traced()) ?? possible
    }
  }
}

/** From a call of the exit game that was made and did not fail, so there is nothing left to doubt. */
function asCalled(event: Incomplete, calldata: Uint8Array): Complete | undefined {
  switch (event.type) {
    case 'ExitStarted': {
      const [start] = standardExitStarts(calldata, event.exitId, 'direct')
      return start && { ...event, utxoPos: start.utxoPos, outputTx: start.outputTx }
    }
    case 'InFlightExitStarted': {
      const [start] = inFlightExitStarts(calldata, event.txHash, 'direct')
      if (!start) return undefined
      const { proofs: _, ...found } = start
      return { ...event, ...found }
    }
    case 'InFlightExitChallenged': {
      const [challenge] = canonicityChallenges(calldata, event, 'direct')
      if (!challenge) return undefined
      const { competingTx, competingTxInputIndex, competingTxSignature } = challenge
      return { ...event, competingTx, competingTxInputIndex, competingTxSignature }
    }
  }
}
