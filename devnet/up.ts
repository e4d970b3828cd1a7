import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Wallet } from '@ethereumjs/wallet'
import { stringify } from 'yaml'
import { fromHex, type Hex } from '../src/lib/bytes.ts'
import { people } from './actor-network.ts'
import { type DevnetFile, writeDevnetFile } from './actor-devnet.ts'
import { startDevnetChain } from './devnet-chain.ts'
import { formBlocks } from './operator/run.ts'
import { startOperator } from './operator/start.ts'

type Settings = {
  /** Where its files go. */
  directory: string
  port: number
  operatorPort: number
  minExitPeriodSeconds: bigint
  blockSeconds: number
  feeWei: bigint
  signal: AbortSignal
  say: (text: string) => void
}

/** Keeps a root chain with the contracts and an operator running, until the signal comes. */
export async function up(settings: Settings): Promise<void> {
  const { directory, minExitPeriodSeconds, port, say } = settings
  await mkdir(directory, { recursive: true })
  const { chain, deployment } = await startDevnetChain({ minExitPeriodSeconds, port })
  try {
    const { framework, token, accounts, ethVault, erc20Vault, exitGame } = deployment
    const running = await startOperator({
      rootChain: chain.url,
      framework,
      authority: accounts.authority.privateKey,
      port: settings.operatorPort,
      control: true,
      feeWei: settings.feeWei,
      onBlock: ({ blknum, transactions }) => {
        say(`block ${blknum} with ${transactions.length} transactions`)
      },
    })
    try {
      const contracts = { framework, ethVault, erc20Vault, exitGame }
      const file = { rootChain: chain.url, operator: running.url, contracts, token, accounts }
      const path = join(directory, 'devnet.json')
      await writeDevnetFile(path, file)
      say(`${describe(file, minExitPeriodSeconds)}\n\n${await introduceGuard(directory, file)}`)
      await formBlocks(running.operator, settings)
    } finally {
      await running.close()
    }
  } finally {
    await chain.stop()
  }
  say('the devnet is gone')
}

function describe({ rootChain, operator, contracts, token, accounts }: DevnetFile, minExitPeriod: bigint): string {
  const rows = [
    ['root chain', rootChain],
    ['operator', operator],
    ['framework', contracts.framework],
    ['eth vault', contracts.ethVault],
    ['erc20 vault', contracts.erc20Vault],
    ['exit game', contracts.exitGame],
    ['test token', token],
    ['exit period', `${minExitPeriod} s`],
    ...[...people, 'authority' as const].map((name) => [
      name,
      `${accounts[name].address}  key ${accounts[name].privateKey}`,
    ]),
  ]
  return rows.map(([name = '', value = '']) => `${name.padEnd(12)} ${value}`).join('\n')
}

/** Writes a `guard.yml` with which a guard can be started at once. */
async function introduceGuard(
  directory: string,
  { rootChain, operator, contracts, accounts }: DevnetFile,
): Promise<string> {
  const keys = join(directory, 'keys')
  await mkdir(keys, { recursive: true })
  const secret = { mode: 0o600 }
  await writeFile(join(keys, 'guard.password'), 'devnet\n', secret)
  await writeFile(join(keys, 'guard.json'), await keystore(accounts.guard.privateKey, 'devnet'), secret)
  const path = join(directory, 'guard.yml')
  const config = {
    rootChain: { urls: [rootChain], plasmaFramework: contracts.framework },
    childChain: { url: operator },
    accounts: [{ keystore: './keys/guard.json', passwordFile: './keys/guard.password' }],
    mode: 'defend',
    data: './guard',
  }
  await writeFile(path, `# The guard of this devnet; written by plasma-guard devnet up.\n${stringify(config)}`)
  return `Start a guard beside it:  plasma-guard run --config ${path}`
}

/** Cheap to open: its key is known to everybody. */
async function keystore(privateKey: Hex, password: string): Promise<string> {
  const wallet = Wallet.fromPrivateKey(fromHex(privateKey))
  return JSON.stringify(await wallet.toV3(password, { kdf: 'scrypt', n: 1024 }))
}
