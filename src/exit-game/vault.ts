import { ETH, type Address } from '../plasma/units.ts'

/** The vault that holds a token: 1 is for ether, 2 for every ERC-20 (contracts v1.0.4). */
export function vaultOf(token: Address): bigint {
  return token === ETH ? 1n : 2n
}
