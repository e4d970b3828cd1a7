import { parseAbi } from 'viem'
import { GuardError } from '../lib/errors.ts'
import type { Address, Seconds, Wei } from '../plasma/units.ts'
import { exitGameAbi, frameworkAbi } from './abi.ts'
import { read } from './contract.ts'
import { ContractRevertedError, type Node, RootChainUnavailableError } from './node.ts'
import { printable } from './rpc-fault.ts'
import { hexData, quantity } from './shapes.ts'

/** What the contract asks for in wei, exactly, with each payable call. */
export type Bonds = { standardExit: Wei; inFlightExit: Wei; piggyback: Wei }

/** One deployment of the contracts, found from its framework alone. */
export type Deployment = {
  chainId: bigint
  /** `getVersion()`, such as `1.0.4+a69c763`. */
  version: string
  framework: Address
  ethVault: Address
  erc20Vault: Address
  paymentExitGame: Address
  minExitPeriod: Seconds
  childBlockInterval: bigint
  /** As they stood when the deployment was read; they may change, so pay what {@link readBonds} says. */
  bonds: Bonds
}

const NOBODY = /^0x0{40}$/
const DEFAULT_INTERVAL = 1000n

/**
 * Reads a deployment from its framework (contracts.md 1 and 13).
 *
 * @throws {@link NoFrameworkError} when the address holds no PlasmaFramework.
 * @throws {@link UnsupportedContractsError} when the contracts are not v1.0.x.
 * @throws {@link RootChainUnavailableError}
 */
export async function readDeployment(node: Node, framework: Address): Promise<Deployment> {
  const code = await node.ask('eth_getCode', [framework, 'latest'], hexData)
  if (code === '0x') throw new NoFrameworkError(framework, 'there is no contract at this address')
  const version = printable(
    await ofFramework(framework, read(node, { ...at(framework), functionName: 'getVersion', args: [] })),
  )
  if (!/^1\.0\.\d+(?:$|[+-])/.test(version)) throw new UnsupportedContractsError(framework, version)
  const [vaults, paymentExitGame, minExitPeriod, childBlockInterval, chainId] = await Promise.all([
    readVaults(node, framework),
    ofFramework(framework, read(node, { ...at(framework), functionName: 'exitGames', args: [1n] })),
    ofFramework(framework, read(node, { ...at(framework), functionName: 'minExitPeriod', args: [] })),
    readInterval(node, framework),
    node.ask('eth_chainId', [], quantity),
  ])
  const addresses = { ...vaults, paymentExitGame: paymentExitGame.toLowerCase() as Address }
  for (const [what, address] of Object.entries(addresses))
    if (NOBODY.test(address)) throw new NoFrameworkError(framework, `it has no ${what}`)
  await checkGeneration(node, { framework, version, exitGame: addresses.paymentExitGame })
  const bonds = await readBonds(node, addresses.paymentExitGame)
  return {
    chainId,
    version,
    framework,
    ...addresses,
    minExitPeriod: minExitPeriod as Seconds,
    childBlockInterval,
    bonds,
  }
}

/** The bonds of now: a payable call must carry exactly this. */
export async function readBonds(node: Node, exitGame: Address): Promise<Bonds> {
  const of = { address: exitGame, abi: exitGameAbi, args: [] } as const
  const [standardExit, inFlightExit, piggyback] = await Promise.all([
    read(node, { ...of, functionName: 'startStandardExitBondSize' }),
    read(node, { ...of, functionName: 'startIFEBondSize' }),
    read(node, { ...of, functionName: 'piggybackBondSize' }),
  ])
  return { standardExit: standardExit as Wei, inFlightExit: inFlightExit as Wei, piggyback: piggyback as Wei }
}

const at = (framework: Address) => ({ address: framework, abi: frameworkAbi }) as const

/** A contract that does not know the question is another contract; only a node that answers can say so. */
async function ofFramework<Value>(framework: Address, reading: Promise<Value>): Promise<Value> {
  try {
    return await reading
  } catch (error) {
    const foreign = error instanceof ContractRevertedError
    const garbled = error instanceof RootChainUnavailableError && error.reason === 'malformed answer'
    if (foreign || garbled) throw new NoFrameworkError(framework, 'the contract there is no PlasmaFramework')
    throw error
  }
}

async function readVaults(node: Node, framework: Address): Promise<{ ethVault: Address; erc20Vault: Address }> {
  const [ethVault, erc20Vault] = await Promise.all(
    [1n, 2n].map((id) => ofFramework(framework, read(node, { ...at(framework), functionName: 'vaults', args: [id] }))),
  )
  return {
    ethVault: String(ethVault).toLowerCase() as Address,
    erc20Vault: String(erc20Vault).toLowerCase() as Address,
  }
}

async function readInterval(node: Node, framework: Address): Promise<bigint> {
  try {
    return await read(node, { ...at(framework), functionName: 'childBlockInterval', args: [] })
  } catch (error) {
    if (error instanceof ContractRevertedError) return DEFAULT_INTERVAL
    throw error
  }
}

const nextGeneration = parseAbi([
  'function standardExits(uint168[] exitIds) view returns ((bool, uint256, bytes32, address, uint256, uint256, uint256)[])',
])

/** Exit ids of v1 are 160 bits wide, of v2 168: the selectors differ, so a contract answers to one of them only. */
async function checkGeneration(node: Node, found: { framework: Address; version: string; exitGame: Address }) {
  const of = { address: found.exitGame, functionName: 'standardExits', args: [[]] } as const
  const [first, second] = await Promise.all([
    answers(() => read(node, { ...of, abi: exitGameAbi })),
    answers(() => read(node, { ...of, abi: nextGeneration })),
  ])
  if (!first || second)
    throw new UnsupportedContractsError(found.framework, `${found.version}, exit ids not of 160 bits`)
}

async function answers(question: () => Promise<unknown>): Promise<boolean> {
  try {
    await question()
    return true
  } catch (error) {
    if (error instanceof ContractRevertedError) return false
    if (error instanceof RootChainUnavailableError && error.reason === 'malformed answer') return false
    throw error
  }
}

/** The configured address is not that of a PlasmaFramework. */
class NoFrameworkError extends GuardError {
  override readonly code = 'NO_PLASMA_FRAMEWORK'

  constructor(framework: Address, why: string) {
    super(`No PlasmaFramework at ${framework}: ${why}.`, { framework, why })
  }
}

/** The contracts are of another generation than plasma-contracts v1.0.x. */
class UnsupportedContractsError extends GuardError {
  override readonly code = 'UNSUPPORTED_CONTRACTS'

  constructor(framework: Address, version: string) {
    super(`The contracts of ${framework} are version ${version}; this guard speaks v1.0.x only.`, {
      framework,
      version,
    })
  }
}
