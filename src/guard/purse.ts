import { quantity } from '../chain/shapes.ts'
import type { Node } from '../chain/node.ts'
import type { Address, Wei } from '../plasma/units.ts'

/** What the dearest challenge takes, with room. */
const GAS_OF_AN_ANSWER = 600_000n

type Parts = {
  node: Pick<Node, 'ask'>
  /** The account that sends answers; undefined where nothing is signed. */
  responder: Address | undefined
  feePerGas: () => Promise<Wei>
}

/** Whether the account that answers has enough for one answer at today's price. Nothing to pay is always enough. */
export function createCanPay({ node, responder, feePerGas }: Parts): () => Promise<boolean> {
  return async () => {
    if (responder === undefined) return true
    const [balance, fee] = await Promise.all([node.ask('eth_getBalance', [responder, 'latest'], quantity), feePerGas()])
    return balance >= GAS_OF_AN_ANSWER * fee
  }
}
