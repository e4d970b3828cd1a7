import { parseEventLogs } from 'viem'
import type { Address } from '../../src/plasma/units.ts'
import { actorAbi as abi, tokenAbi } from '../actor-abi.ts'
import type { Receipt } from '../wallet.ts'
import type { World } from './world.ts'

type Chain = Pick<World, 'client' | 'contracts'>

/** What the exit game holds of a standard exit; `none` when it is unknown, or was processed. */
export async function standardExitState(
  { client, contracts }: Chain,
  exitId: bigint,
): Promise<'open' | 'challenged' | 'none'> {
  const args = [[exitId]] as const
  const read = { address: contracts.exitGame, abi, functionName: 'standardExits', args } as const
  const [exit] = await client.readContract(read)
  if (!exit || exit.amount === 0n) return 'none'
  return exit.exitable ? 'open' : 'challenged'
}

/** The bond of a standard exit that is started now. */
export function standardExitBond({ client, contracts }: Chain): Promise<bigint> {
  return client.readContract({ address: contracts.exitGame, abi, functionName: 'startStandardExitBondSize' })
}

/** What a vault holds of a token. */
export async function vaultBalance(world: Chain & Pick<World, 'token'>, kind: 'ether' | 'token'): Promise<bigint> {
  const { client, contracts, token } = world
  if (kind === 'ether') return client.getBalance({ address: contracts.ethVault })
  return tokenBalance({ client, token }, contracts.erc20Vault)
}

/** What somebody holds of the test token. */
export function tokenBalance({ client, token }: Pick<World, 'client' | 'token'>, owner: Address): Promise<bigint> {
  return client.readContract({ address: token, abi: tokenAbi, functionName: 'balanceOf', args: [owner] })
}

/** The standard exits that `processExits` paid, and those that it passed over. */
export function processed({ logs }: Receipt): { finalized: readonly bigint[]; omitted: readonly bigint[] } {
  const events = parseEventLogs({ abi, eventName: ['ExitFinalized', 'ExitOmitted'], logs })
  const idsOf = (name: string) => events.filter(({ eventName }) => eventName === name).map(({ args }) => args.exitId)
  return { finalized: idsOf('ExitFinalized'), omitted: idsOf('ExitOmitted') }
}
