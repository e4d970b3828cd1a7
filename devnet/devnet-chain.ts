import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { z } from 'zod'
import { fromHex, type Hex } from '../src/lib/bytes.ts'
import { parseAddress, type Address } from '../src/plasma/units.ts'
import { devnetAccounts } from './accounts.ts'
import { cachedFile } from './cached-file.ts'
import { dumpState } from './chain-control.ts'
import { startChain, type Chain, type ChainOptions } from './chain.ts'
import { compileContracts, CONTRACT_NAMES } from './compile.ts'
import { deploy, type Deployment, type DeploymentOptions } from './deployment.ts'
import { cachePath, packageFile } from './package-files.ts'

const address = z.custom<Address>((value) => typeof value === 'string' && parseAddress(value) === value)
const addresses = z.object({
  framework: address,
  ethVault: address,
  erc20Vault: address,
  exitGame: address,
  token: address,
})

/** A root chain with a plasma network on it. */
export type DevnetChain = { chain: Chain; deployment: Deployment }

/**
 * Starts a root chain that has the contracts already, in well under a second: they are deployed once and loaded from a
 * kept state after that (the first time takes some twenty seconds, most of it the compiler's). Chain time is this
 * machine's at the start, whenever the state was made.
 *
 * @example
 * const { chain, deployment } = await startDevnetChain({ minExitPeriodSeconds: 60n })
 * try { … } finally { await chain.stop() }
 *
 * @throws {@link ChainNotStartedError}, {@link DevelopmentDependencyMissingError}, {@link ContractsNotCompiledError}
 */
export async function startDevnetChain(
  options: DeploymentOptions & Omit<ChainOptions, 'statePath'> = {},
): Promise<DevnetChain> {
  const { minExitPeriodSeconds = 600n, authority = 'authority', ...chainOptions } = options
  const settings = { minExitPeriodSeconds, authority }
  const key = await fingerprint(`${minExitPeriodSeconds} ${authority}`)
  const statePath = cachePath(`state-${key}.json`)
  const kept = await cachedFile(cachePath(`deployment-${key}.json`), () => deployOnce(statePath, settings))
  const chain = await startChain({ ...chainOptions, statePath })
  const deployment = { ...addresses.parse(JSON.parse(kept)), minExitPeriodSeconds, accounts: devnetAccounts() }
  return { chain, deployment }
}

/** Deploys on a chain of its own and keeps that chain's state. Returns the addresses as text. */
async function deployOnce(statePath: string, options: DeploymentOptions): Promise<string> {
  const chain = await startChain({ mining: 'transactions' })
  try {
    const deployment = await deploy(chain.url, options)
    const state = gunzipSync(fromHex((await dumpState(chain.url)) as Hex))
    await cachedFile(statePath, async () => Promise.resolve(state.toString()))
    return JSON.stringify(addresses.parse(deployment))
  } finally {
    await chain.stop()
  }
}

/** Changes whenever something changes that a deployment is made of. */
async function fingerprint(options: string): Promise<string> {
  const contracts = await compileContracts()
  const here = fileURLToPath(import.meta.url)
  const code = join(dirname(here), `deployment${extname(here)}`)
  const packages = ['@omisego/omg-js-rootchain', '@foundry-rs/anvil'].map((name) => packageFile(`${name}/package.json`))
  const hash = createHash('sha256').update(options)
  for (const name of CONTRACT_NAMES) hash.update(contracts(name).bytecode)
  for (const path of [code, ...packages]) hash.update(await readFile(path))
  return hash.digest('hex').slice(0, 16)
}
