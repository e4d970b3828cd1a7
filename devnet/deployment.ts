import { ETH, type Address } from '../src/plasma/units.ts'
import { devnetAccounts, type Accounts } from './accounts.ts'
import { plasmaArtifact } from './artifact.ts'
import { compileContracts } from './compile.ts'
import { deployerOf, type Deployer } from './deployer.ts'

/** The contracts of a devnet, and the keys of the people on it. */
export type Deployment = {
  framework: Address
  ethVault: Address
  erc20Vault: Address
  /** For payments, transaction type 1. */
  exitGame: Address
  /** An ERC20 with a `mint(address,uint256)` for everybody; it has an exit queue, and all people own some. */
  token: Address
  minExitPeriodSeconds: bigint
  accounts: Accounts
}

export type DeploymentOptions = {
  /** In seconds of chain time; the development network's 600 by default. Phase 1 of in-flight exits is half of it. */
  minExitPeriodSeconds?: bigint
  /** Who submits blocks; the account `authority` by default. It has to be one whose key the accounts hold. */
  authority?: keyof Accounts
}

const ETH_VAULT_ID = 1n
const ERC20_VAULT_ID = 2n
/** What each person owns of the test token at the start. */
export const TOKEN_GRANT = 10n ** 24n

const PAYMENT = 1n
const FEE = 3n
const MORE_VP = 2
const GAS_STIPEND = 2300n
/** The first two vaults and exit games need not wait out a quarantine; a later one does. */
const IMMUNE = 2n
const VERSION = '1.0.4+devnet'

/**
 * Puts a whole plasma network on a fresh chain: framework and vaults of plasma-contracts v1.0.3 as they were deployed
 * to the main net, the exit game and the deposit verifiers of `devnet/contracts`, and a test token. It is ready for
 * deposits, and for blocks of the authority; ether and the token have exit queues.
 *
 * Most callers want `startDevnetChain` (`devnet-chain.ts`), which does this once and keeps the result.
 *
 * @throws {@link DevelopmentDependencyMissingError}, {@link DeploymentRevertedError}
 */
export async function deploy(url: string, options: DeploymentOptions = {}): Promise<Deployment> {
  const { minExitPeriodSeconds = 600n, authority = 'authority' } = options
  const accounts = devnetAccounts()
  const deployer = deployerOf(url, accounts.deployer)
  const plasma = await plasmaArtifact('PlasmaFramework')
  const framework = await deployer.deploy(plasma, [
    minExitPeriodSeconds,
    IMMUNE,
    IMMUNE,
    accounts[authority].address,
    accounts.deployer.address,
  ])
  const call = (name: string, ...args: unknown[]) => deployer.call({ to: framework, abi: plasma.abi, name, args })
  await call('setVersion', VERSION)

  const { ethVault, erc20Vault } = await deployVaults(deployer, framework)
  await call('registerVault', ETH_VAULT_ID, ethVault)
  await call('registerVault', ERC20_VAULT_ID, erc20Vault)

  const { exitGame, feeExitGame } = await deployExitGames(deployer, framework)
  await call('registerExitGame', PAYMENT, exitGame, MORE_VP)
  await call('registerExitGame', FEE, feeExitGame, MORE_VP)

  const token = await deployToken(deployer, accounts)
  await call('addExitQueue', ETH_VAULT_ID, ETH)
  await call('addExitQueue', ERC20_VAULT_ID, token)

  const operator = deployerOf(url, accounts[authority])
  await operator.call({ to: framework, abi: plasma.abi, name: 'activateChildChain', args: [] })
  return { framework, ethVault, erc20Vault, exitGame, token, minExitPeriodSeconds, accounts }
}

/** A vault's first deposit verifier holds at once. */
async function deployVaults(deployer: Deployer, framework: Address) {
  const contracts = await compileContracts()
  const eth = await plasmaArtifact('EthVault')
  const erc20 = await plasmaArtifact('Erc20Vault')
  const ethVault = await deployer.deploy(eth, [framework, GAS_STIPEND])
  const erc20Vault = await deployer.deploy(erc20, [framework])
  const ethVerifier = await deployer.deploy(contracts('EthDepositVerifier'), [])
  const erc20Verifier = await deployer.deploy(contracts('Erc20DepositVerifier'), [])
  const name = 'setDepositVerifier'
  await deployer.call({ to: ethVault, abi: eth.abi, name, args: [ethVerifier] })
  await deployer.call({ to: erc20Vault, abi: erc20.abi, name, args: [erc20Verifier] })
  return { ethVault, erc20Vault }
}

async function deployExitGames(deployer: Deployer, framework: Address) {
  const contracts = await compileContracts()
  const vaults = [ETH_VAULT_ID, ERC20_VAULT_ID]
  const exitGame = await deployer.deploy(contracts('PaymentExitGame'), [framework, ...vaults])
  const feeExitGame = await deployer.deploy(contracts('FeeExitGame'), [])
  return { exitGame, feeExitGame }
}

async function deployToken(deployer: Deployer, accounts: Accounts): Promise<Address> {
  const contracts = await compileContracts()
  const artifact = contracts('TestToken')
  const token = await deployer.deploy(artifact, [])
  for (const { address } of Object.values(accounts)) {
    await deployer.call({ to: token, abi: artifact.abi, name: 'mint', args: [address, TOKEN_GRANT] })
  }
  return token
}
