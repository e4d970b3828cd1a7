import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { GuardError } from '../src/lib/errors.ts'
import { abiSchema, type Artifact } from './artifact.ts'
import { cachedFile } from './cached-file.ts'
import { cachePath, packageFile, projectRoot } from './package-files.ts'

/** What `devnet/contracts` deploys. */
export const CONTRACT_NAMES = [
  'PaymentExitGame',
  'FeeExitGame',
  'EthDepositVerifier',
  'Erc20DepositVerifier',
  'TestToken',
] as const

/** Only some tests deploy a wallet. */
export type ContractName = (typeof CONTRACT_NAMES)[number] | 'ContractWallet'

const compiled = z.object({
  errors: z.array(z.object({ severity: z.string(), formattedMessage: z.string() })).default([]),
  contracts: z
    .record(
      z.string(),
      z.record(z.string(), z.object({ abi: abiSchema, evm: z.object({ bytecode: z.object({ object: z.string() }) }) })),
    )
    .default({}),
})

class ContractsNotCompiledError extends GuardError {
  override readonly code = 'CONTRACTS_NOT_COMPILED'
}

/**
 * The devnet's own contracts, compiled. Takes some ten seconds the first time, then they come from a cache that lasts
 * until a source or the compiler changes.
 *
 * @throws {@link ContractsNotCompiledError} with the compiler's words.
 * @throws {@link DevelopmentDependencyMissingError} when the compiler is not installed.
 */
export async function compileContracts(): Promise<(name: ContractName) => Artifact> {
  const input = await compilerInput()
  const version = await readFile(packageFile('solc/package.json'), 'utf8')
  const key = createHash('sha256').update(input).update(version).digest('hex').slice(0, 16)
  const output = await cachedFile(cachePath(`contracts-${key}.json`), () => runCompiler(input))
  const { contracts } = compiled.parse(JSON.parse(output))
  const all = new Map(Object.values(contracts).flatMap((file) => Object.entries(file)))
  return (name) => {
    const contract = all.get(name)
    if (!contract) throw new ContractsNotCompiledError(`There is no contract ${name}.`, { name })
    return { abi: contract.abi, bytecode: `0x${contract.evm.bytecode.object}` }
  }
}

async function compilerInput(): Promise<string> {
  const folder = join(projectRoot(), 'devnet', 'contracts')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sol')).sort()
  const sources = await Promise.all(
    names.map(async (name) => [name, { content: await readFile(join(folder, name), 'utf8') }] as const),
  )
  // Not optimised: so the calls cost about as much gas as on the main net, where the contracts do more (contracts.md 5).
  const settings = {
    optimizer: { enabled: false },
    evmVersion: 'shanghai',
    outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
  }
  return JSON.stringify({ language: 'Solidity', sources: Object.fromEntries(sources), settings })
}

/**
 * In a process of its own: the compiler keeps hundreds of megabytes and blocks whoever runs it. It writes to a file,
 * since it ends without waiting until a pipe is empty.
 */
async function runCompiler(input: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'plasma-guard-solc-'))
  const path = join(folder, 'output.json')
  const file = await open(path, 'w')
  try {
    const args = [packageFile('solc/solc.js'), '--standard-json']
    const child = spawn(process.execPath, args, { stdio: ['pipe', file.fd, 'ignore'] })
    child.stdin?.end(input)
    const [code] = (await once(child, 'close')) as [number | null]
    if (code !== 0) throw new ContractsNotCompiledError('The compiler failed.', { code: String(code) })
    return checked(await readFile(path, 'utf8'))
  } finally {
    await file.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function checked(output: string): string {
  const text = output.slice(output.indexOf('{'))
  const { errors } = compiled.parse(JSON.parse(text))
  const fatal = errors.filter(({ severity }) => severity === 'error')
  if (fatal.length > 0) {
    throw new ContractsNotCompiledError(fatal.map(({ formattedMessage }) => formattedMessage).join('\n'))
  }
  return text
}
