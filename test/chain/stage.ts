import { type Actor } from '../../devnet/actor.ts'
import { gatherPeople, type Person } from '../../devnet/actor-network.ts'
import { startDevnetChain } from '../../devnet/devnet-chain.ts'
import { type Deployment, readDeployment } from '../../src/chain/deployment.ts'
import { createNode, type Node } from '../../src/chain/node.ts'
import type { Hex } from '../../src/lib/bytes.ts'
import type { Address } from '../../src/plasma/units.ts'

/** A root chain with the contracts, and people who need no operator: their coins are deposits. */
export type Stage = {
  url: string
  node: Node
  deployment: Deployment
  people: Readonly<Record<Person, Actor>>
  stop: () => Promise<void>
}

export async function openStage(): Promise<Stage> {
  const { chain, deployment: contracts } = await startDevnetChain({ mining: 'transactions' })
  const node = createNode({ urls: [chain.url] })
  const deployment = await readDeployment(node, contracts.framework)
  const people = gatherPeople({
    url: chain.url,
    contracts,
    token: contracts.token,
    operatorUrl: 'http://127.0.0.1:1',
    leaves: () => Promise.reject(new Error('There are no child blocks on this stage.')),
    accounts: contracts.accounts,
  })
  return { url: chain.url, node, deployment, people, stop: chain.stop }
}

/** Code of a contract wallet: passes calldata and value on to the address in the calldata's first 20 bytes. */
export const FORWARDER = '0x60143603806014600037600060008260003460003560601c5af1602157600080fd5b00'

/** Code that makes one call, with calldata that it holds itself, whatever it is called with; the value is passed on. */
export function scriptedCall(to: Address, data: Hex): Hex {
  const digits = data.slice(2)
  const length = (digits.length / 2).toString(16).padStart(4, '0')
  return `0x61${length}6100336000396000600061${length}60003473${to.slice(2)}5af1603157600080fd5b00${digits}`
}

/** As {@link FORWARDER} takes it. */
export function forwarded(to: Address, data: Hex): Hex {
  return `0x${to.slice(2)}${data.slice(2)}`
}
