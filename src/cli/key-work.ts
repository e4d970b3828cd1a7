import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { generatePrivateKey } from 'viem/accounts'
import { keepKey, type KeystoreFile, preparePrivateFolder } from '../chain/keystore-folder.ts'
import { openKeystore, readPassword } from '../chain/keystore.ts'
import { parsePrivateKey } from '../chain/signer.ts'
import { codeOf } from '../lib/code-of.ts'
import { GuardError } from '../lib/errors.ts'
import { writePrivateFile } from '../lib/private-file.ts'
import { type Secret, secret } from '../lib/secret.ts'
import type { Terminal } from './terminal.ts'

/** What the commands work with. `terminal`: opened when there is something to ask. */
export type Surroundings = { terminal: () => Terminal; stdin: NodeJS.ReadableStream & { isTTY?: boolean } }

type Keeping = { folder: string; passwordFile?: string | undefined; scryptN?: number }

/** Makes a key that nobody has seen. */
export function newKey(keeping: Keeping, around: Surroundings): Promise<Required<KeystoreFile>> {
  return keep(keeping, around, () => Promise.resolve(secret(generatePrivateKey())))
}

/** Takes a key from a file, or from standard input when there is none. */
export function importKey(
  { keyFile, ...keeping }: Keeping & { keyFile?: string | undefined },
  around: Surroundings,
): Promise<Required<KeystoreFile>> {
  return keep(keeping, around, () => (keyFile === undefined ? keyFromInput(around) : keyFromFile(keyFile)))
}

async function keep(
  { folder, passwordFile, ...rest }: Keeping,
  around: Surroundings,
  keyOf: () => Promise<Secret>,
): Promise<Required<KeystoreFile>> {
  await preparePrivateFolder(folder)
  const privateKey = await keyOf()
  const password = passwordFile === undefined ? await choosePassword(around) : await readPassword(passwordFile)
  if (password.reveal() === '') throw new BadPasswordError('it is empty')
  return keepKey({ folder, privateKey, password, ...rest })
}

type Exporting = { keystore: string; passwordFile?: string | undefined; out?: string | undefined }

/** Gives a private key away: into a file that only its owner can read, or on the terminal of whoever insists. */
export async function exportKey({ keystore, passwordFile, out }: Exporting, around: Surroundings): Promise<void> {
  if (out === undefined) return showKey({ keystore, passwordFile }, around)
  const password = passwordFile === undefined ? await askPassword(around) : await readPassword(passwordFile)
  const privateKey = await openKeystore(keystore, password)
  try {
    await writePrivateFile(out, `${privateKey.reveal()}\n`)
  } catch (error) {
    throw new KeyFileError(out, error)
  }
}

async function showKey({ keystore, passwordFile }: Exporting, around: Surroundings): Promise<void> {
  const terminal = around.terminal()
  try {
    terminal.say('Whoever sees the private key can take everything that the account owns.\n')
    if ((await terminal.ask('Show it here? Type yes: ')).trim() !== 'yes') throw new NotConfirmedError()
    const password =
      passwordFile === undefined ? await terminal.askSecret('Password: ') : await readPassword(passwordFile)
    terminal.say(`${(await openKeystore(keystore, password)).reveal()}\n`)
  } finally {
    terminal.close()
  }
}

async function choosePassword({ terminal: open }: Surroundings): Promise<Secret> {
  const terminal = open()
  try {
    const password = await terminal.askSecret('New password: ')
    const again = await terminal.askSecret('The same again: ')
    if (password.reveal() !== again.reveal()) throw new BadPasswordError('the second time it was another one')
    return password
  } finally {
    terminal.close()
  }
}

async function askPassword({ terminal: open }: Surroundings): Promise<Secret> {
  const terminal = open()
  try {
    return await terminal.askSecret('Password: ')
  } finally {
    terminal.close()
  }
}

async function keyFromInput({ terminal: open, stdin }: Surroundings): Promise<Secret> {
  if (!stdin.isTTY) return parsePrivateKey(await text(stdin))
  const terminal = open()
  try {
    return parsePrivateKey((await terminal.askSecret('Private key: ')).reveal())
  } finally {
    terminal.close()
  }
}

/** Who gives the key itself instead of a file's name must not find it in an error as well. */
async function keyFromFile(file: string): Promise<Secret> {
  if (/[0-9a-fA-F]{64}/.test(file)) throw new KeyOnCommandLineError()
  try {
    return parsePrivateKey(await readFile(file, 'utf8'))
  } catch (error) {
    throw error instanceof GuardError ? error : new KeyFileError(file, error)
  }
}

/** A file that a private key cannot be read from, or written to. */
class KeyFileError extends GuardError {
  override readonly code = 'KEY_FILE_UNUSABLE'

  constructor(file: string, error: unknown) {
    const why = codeOf(error) === 'EEXIST' ? 'it exists, and nothing is overwritten' : codeOf(error)
    super(`The key file cannot be used, ${file}: ${why}.`, { file, why })
  }
}

/** A private key among the arguments: everybody on the machine could see it there. */
class KeyOnCommandLineError extends GuardError {
  override readonly code = 'KEY_ON_COMMAND_LINE'

  constructor() {
    super('A private key has no place on the command line, where others can read it: give a file, or standard input.')
  }
}

/** A password that protects nothing, or that nobody could repeat. */
class BadPasswordError extends GuardError {
  override readonly code = 'BAD_PASSWORD'

  constructor(why: string) {
    super(`The password cannot be used: ${why}.`, { why })
  }
}

/** The person did not say yes. */
class NotConfirmedError extends GuardError {
  override readonly code = 'NOT_CONFIRMED'

  constructor() {
    super('Not confirmed; nothing was shown.')
  }
}
