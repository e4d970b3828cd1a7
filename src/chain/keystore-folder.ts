import { mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../lib/code-of.ts'
import { GuardError } from '../lib/errors.ts'
import { writePrivateFile } from '../lib/private-file.ts'
import type { Secret } from '../lib/secret.ts'
import type { Address } from '../plasma/units.ts'
import { claimedAddress, openKeystore, sealKeystore } from './keystore.ts'
import { createSigner } from './signer.ts'

/** A keystore in its folder. The address is what it says of itself. */
export type KeystoreFile = { address?: Address; file: string }

type Entry = { folder: string; privateKey: Secret; password: Secret; scryptN?: number }

/**
 * Keeps a key: in a folder that only its owner can enter, in a file that only its owner can read, named after its
 * account, and opened once with the same password before anybody relies on it.
 *
 * @throws {@link KeystoreFolderError} {@link KeyExistsError}
 */
export async function keepKey({ folder, privateKey, password, scryptN }: Entry): Promise<Required<KeystoreFile>> {
  await preparePrivateFolder(folder)
  const { address } = createSigner(privateKey)
  const file = join(folder, `${address}.json`)
  try {
    await writePrivateFile(file, await sealKeystore(privateKey, password, scryptN))
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw new KeyExistsError(address, file)
    throw new KeystoreFolderError(folder, `${file} cannot be written (${codeOf(error)})`)
  }
  await openKeystore(file, password)
  return { address, file }
}

/**
 * Makes the folder of the keys, or checks the one that is there.
 *
 * @throws {@link KeystoreFolderError} when others can look into it: to change that is left to its owner.
 */
export async function preparePrivateFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new KeystoreFolderError(folder, `it cannot be made (${codeOf(error)})`)
  }
  if (await isOpenToOthers(folder)) {
    throw new KeystoreFolderError(folder, `others may look into it; close it with: chmod 700 ${folder}`)
  }
}

export async function isOpenToOthers(folder: string): Promise<boolean> {
  return ((await stat(folder)).mode & 0o077) !== 0
}

/**
 * Every keystore of a folder, by name, whoever has written it; other files are passed over.
 *
 * @throws {@link KeystoreFolderError}
 */
export async function listKeys(folder: string): Promise<KeystoreFile[]> {
  const files = (await namesIn(folder)).sort().map((name) => join(folder, name))
  return (await Promise.all(files.map(asKeystore))).filter((found) => found !== undefined)
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    throw new KeystoreFolderError(folder, codeOf(error) === 'ENOENT' ? 'there is no such folder' : 'it cannot be read')
  }
}

async function asKeystore(file: string): Promise<KeystoreFile | undefined> {
  try {
    const address = await claimedAddress(file)
    return { ...(address && { address }), file }
  } catch {
    return undefined
  }
}

/** A folder that keys cannot be kept in. */
class KeystoreFolderError extends GuardError {
  override readonly code = 'KEYSTORE_FOLDER_UNUSABLE'

  constructor(folder: string, why: string) {
    super(`The folder of the keys cannot be used, ${folder}: ${why}.`, { folder, why })
  }
}

/** The account has a keystore already; nothing was written. */
class KeyExistsError extends GuardError {
  override readonly code = 'KEY_EXISTS'

  constructor(address: Address, file: string) {
    super(`There is a keystore of ${address} already: ${file}.`, { address, file })
  }
}
