import { inFlightExitIdOf } from '../exit-game/exit-id.ts'
import { canonicityChallenges } from './call-arguments.ts'
import { MOST_CHECKED } from './complete-standard-exit.ts'
import type { Complete, Incomplete } from './decode-log.ts'
import { inFlightExitState } from './exit-states.ts'
import type { Sources } from './sources.ts'
import { likelihoodOf } from './verify-call.ts'

type Challenged = Extract<Incomplete, { type: 'InFlightExitChallenged' }>
type Found = Extract<Complete, { type: 'InFlightExitChallenged' }>

/**
 * The canonicity challenge of an in-flight exit through another contract. `possible`: a double spend in which nothing is
 * wrong, where the contract is done with the exit and we do not know the input, so that nobody can say whose it was.
 */
export async function completeChallenge(
  { event, calldata }: { event: Challenged; calldata: Uint8Array },
  sources: Sources,
): Promise<{ certain?: Found; possible?: Found }> {
  const exitId = inFlightExitIdOf(event.txHash)
  const state = await inFlightExitState({ exitId, blockNumber: event.blockNumber }, sources)
  const { competitorPosition } = event
  let possible: Found | undefined
  let checked = 0
  for (const challenge of canonicityChallenges(calldata, event, 'anywhere')) {
    if (++checked > MOST_CHECKED) break
    const { competingTx, competingTxInputIndex, competingTxSignature } = challenge
    const found = { ...event, competingTx, competingTxInputIndex, competingTxSignature }
    const likelihood = await likelihoodOf({ ...challenge, competitorPosition }, state, sources)
    if (likelihood === 'certain') return { certain: found }
    if (likelihood === 'possible') possible ??= found
  }
  return possible ? { possible } : {}
}
