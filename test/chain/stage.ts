import { startDevnetChain } from '../../devnet/devnet-chain.ts'
import { gatherPeople } from '../../devnet/actor-network.ts'
import type { Actor } from '../../devnet/actor.ts'
import type { Person } from '../../devnet/actor-network.ts'
import { type Deployment, readDeployment } from '../../src/chain/deployment.ts'
import { createNode, type Node } from '../../src/chain/node.ts'
import { fromHex, type Hex, toHex } from '../../src/lib/bytes.ts'
import type { Address } from '../../src/plasma/units.ts'

/** A root chain with the contracts and people who need no operator: their coins are deposits. */
export type Stage = {
  url: string
  node: Node
  deployment: Deployment
  people: Readonly<Record<Person, Actor>>
  token: Address
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
    leaves: async () => {
      throw new Error('There are no child blocks on this stage.')
    },
    accounts: contracts.accounts,
  })
  return { url: chain.url, node, deployment, people, token: contracts.token, stop: chain.stop }
}

/** A contract that passes calldata on to the address in its first 20 bytes, with the value: a contract wallet. */
export const FORWARDER = initCode('0x6014360380601460003760006000826000346000356060' + '1c5af160' + '1f57600080fd5b00')

/** A contract that makes one call whose arguments it has in its own code, whatever it is called with. */
export function scriptedCall(to: Address, data: Hex): Hex {
  const length = fromHex(data).length
  const word = (value: number) => `61${value.toString(16).padStart(4, '0')}`
  const body = (start: number) =>
    `${word(length)}${word(start)}6000396000600061` +
    `${length.toString(16).padStart(4, '0')}600034` +
    `73${to.slice(2)}5af1600057` 
  return initCode(`0x${body(0)}`)
}

function initCode(runtime: string): Hex {
  return runtime as Hex
}
export { toHex }
