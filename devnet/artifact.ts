import { readFile } from 'node:fs/promises'
import type { Abi } from 'viem'
import { z } from 'zod'
import type { Hex } from '../src/lib/bytes.ts'
import { packageFile } from './package-files.ts'

/** What is needed to deploy a contract and to call it. */
export type Artifact = { abi: Abi; bytecode: Hex }

/** A contract of plasma-contracts v1.0.3, as omg-js carries it: its own name and its ABI are those of v1.0.4. */
export type PlasmaContractName = 'PlasmaFramework' | 'EthVault' | 'Erc20Vault'

const FOLDER = '@omisego/omg-js-rootchain/src/contracts'

/** Only that it is a list of items: what is in them, viem and the chain find out. */
export const abiSchema = z.custom<Abi>((value) => Array.isArray(value) && value.every((item) => isNamed(item)))

const plasmaContract = z.object({ abi: abiSchema, bytecode: z.custom<Hex>(isBytecode, 'expected bytecode') })

/**
 * Reads a contract of the real network.
 *
 * @throws {@link DevelopmentDependencyMissingError} when omg-js is not installed.
 */
export async function plasmaArtifact(name: PlasmaContractName): Promise<Artifact> {
  const text = await readFile(packageFile(`${FOLDER}/${name}.json`), 'utf8')
  return plasmaContract.parse(JSON.parse(text))
}

function isNamed(item: unknown): boolean {
  return typeof item === 'object' && item !== null && 'type' in item
}

function isBytecode(value: unknown): boolean {
  return typeof value === 'string' && /^0x(?:[0-9a-f]{2})+$/i.test(value)
}
