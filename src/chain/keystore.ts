import { readFile, stat } from 'node:fs/promises'
import { Wallet } from '@ethereumjs/wallet'
import { z } from 'zod'
import { fromHex, type Hex, toHex } from '../lib/bytes.ts'
import { codeOf } from '../lib/code-of.ts'
import { GuardError } from '../lib/errors.ts'
import { type Secret, secret } from '../lib/secret.ts'
import type { Address } from '../plasma/units.ts'

/** What the format's own authors chose: to try a password costs 256 MiB and a second. */
const SCRYPT_N = 262_144

/** The text of an Ethereum V3 keystore. `scryptN`: the work of opening it. */
export async function sealKeystore(privateKey: Secret, password: Secret, scryptN = SCRYPT_N): Promise<string> {
  const wallet = Wallet.fromPrivateKey(fromHex(privateKey.reveal() as Hex))
  return `${await wallet.toV3String(password.reveal(), { kdf: 'scrypt', n: scryptN })}\n`
}

/**
 * Opens an Ethereum V3 keystore.
 *
 * @throws {@link KeystoreError} with a reason, never with a secret.
 */
export async function openKeystore(file: string, password: Secret): Promise<Secret> {
  const text = await readText(file)
  const named = addressIn(file, text)
  const wallet = await unlock(file, text, password)
  const address = wallet.getAddressString()
  if (named !== undefined && named !== address) {
    throw new KeystoreError(file, `it says that it holds ${named}, and holds ${address}`)
  }
  return secret(toHex(wallet.getPrivateKey()))
}

async function unlock(file: string, text: string, password: Secret): Promise<Wallet> {
  try {
    return await Wallet.fromV3(text, password.reveal(), true)
  } catch (error) {
    const wrong = error instanceof Error && /possibly wrong pass/i.test(error.message)
    throw new KeystoreError(file, wrong ? 'wrong password' : 'not a keystore that can be opened')
  }
}

/**
 * The account that a keystore says it is of; nothing proves it before it is opened. Undefined when it does not say.
 *
 * @throws {@link KeystoreError} when it is no keystore.
 */
export async function claimedAddress(file: string): Promise<Address | undefined> {
  return addressIn(file, await readText(file))
}

/**
 * The password in a file is its first line; geth and clef write it so.
 *
 * @throws {@link KeystoreError}
 */
export async function readPassword(file: string): Promise<Secret> {
  return secret((await readText(file)).split(/\r?\n/, 1)[0] ?? '')
}

const MOST_BYTES = 64 * 1024

async function readText(file: string): Promise<string> {
  try {
    if ((await stat(file)).size > MOST_BYTES) throw new KeystoreError(file, 'not a keystore')
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof KeystoreError) throw error
    throw new KeystoreError(file, reasons[codeOf(error)] ?? 'it cannot be read')
  }
}

const reasons: Record<string, string> = {
  ENOENT: 'no such file',
  EACCES: 'no permission to read it',
  EPERM: 'no permission to read it',
  EISDIR: 'it is a directory',
}

const keystore = z.object({ version: z.literal(3), address: z.string().optional() })

/** The wallet parses the text itself; what it must not get is anything that is no V3 keystore at all. */
function addressIn(file: string, text: string): Address | undefined {
  const parsed = keystore.safeParse(json(file, text))
  if (!parsed.success) throw new KeystoreError(file, 'not a keystore of version 3')
  const digits = /^(?:0x)?([0-9a-f]{40})$/.exec(parsed.data.address?.toLowerCase() ?? '')?.[1]
  return digits === undefined ? undefined : (`0x${digits}` as Address)
}

function json(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new KeystoreError(file, 'not a keystore: no JSON')
  }
}

/** A keystore or its password file that cannot be used. */
class KeystoreError extends GuardError {
  override readonly code = 'KEYSTORE_UNUSABLE'

  constructor(file: string, why: string) {
    super(`The keystore cannot be opened, ${file}: ${why}.`, { file, why })
  }
}
