import { readFile } from 'node:fs/promises'
import { Wallet } from '@ethereumjs/wallet'
import { toHex } from '../lib/bytes.ts'
import { GuardError } from '../lib/errors.ts'
import { type Secret, secret } from '../lib/secret.ts'

export type KeystoreFiles = { keystoreFile: string; passwordFile: string }

/**
 * Opens an Ethereum V3 keystore with the password in a file (its first line; geth and clef write it so).
 *
 * @throws {@link KeystoreError} with a reason, never with a secret.
 */
export async function openKeystore({ keystoreFile, passwordFile }: KeystoreFiles): Promise<Secret> {
  const keystore = parseKeystore(keystoreFile, await readText(keystoreFile))
  const password = firstLine(await readText(passwordFile))
  try {
    const wallet = await Wallet.fromV3(keystore, password, true)
    return secret(toHex(wallet.getPrivateKey()))
  } catch (error) {
    const wrong = error instanceof Error && /possibly wrong pass/i.test(error.message)
    throw new KeystoreError(keystoreFile, wrong ? 'wrong password' : 'not a keystore that can be opened')
  }
}

const MOST_BYTES = 64 * 1024

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new KeystoreError(file, reasons[codeOf(error)] ?? 'it cannot be read')
  }
}

const reasons: Record<string, string> = {
  ENOENT: 'no such file',
  EACCES: 'no permission to read it',
  EPERM: 'no permission to read it',
  EISDIR: 'it is a directory',
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}

/** The wallet parses the text itself; what it must not get is anything that is no V3 keystore at all. */
function parseKeystore(file: string, text: string): string {
  if (text.length > MOST_BYTES) throw new KeystoreError(file, 'not a keystore')
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null && 'version' in parsed && parsed.version === 3) return text
  } catch {
    throw new KeystoreError(file, 'not a keystore: no JSON')
  }
  throw new KeystoreError(file, 'not a keystore of version 3')
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? ''
}

/** A keystore or its password file that cannot be used. */
class KeystoreError extends GuardError {
  override readonly code = 'KEYSTORE_UNUSABLE'

  constructor(file: string, why: string) {
    super(`The keystore cannot be opened, ${file}: ${why}.`, { file, why })
  }
}
