import { openKeystore, readPassword } from '../chain/keystore.ts'
import { createRemoteSigner, type RemoteSigner } from '../chain/remote-signer.ts'
import { createSigner, parsePrivateKey, type Signer } from '../chain/signer.ts'
import type { Account } from '../config.ts'
import { GuardError } from '../lib/errors.ts'
import type { Address } from '../plasma/units.ts'

/** A signer of ours; a remote one can be asked whether it holds its key. */
type OurSigner = Signer & Partial<RemoteSigner>

type Watched = Extract<Account, { watchOnly: unknown }>

/** {@link loadSigner} for each account of a configuration that has a key, in its order. */
export function loadSigners(accounts: readonly Account[]): Promise<OurSigner[]> {
  return Promise.all(accounts.filter(hasKey).map(loadSigner))
}

function hasKey(account: Account): account is Exclude<Account, Watched> {
  return !('watchOnly' in account)
}

/**
 * Keys stay inside the signer; a remote one is not asked anything yet.
 *
 * @throws {@link KeystoreError}, {@link WrongKeystoreError}, {@link InvalidPrivateKeyError}, {@link TlsFilesError}
 */
export async function loadSigner(account: Exclude<Account, Watched>): Promise<OurSigner> {
  if ('privateKey' in account) return createSigner(parsePrivateKey(account.privateKey.reveal()))
  if ('web3signer' in account) return createRemoteSigner(account.web3signer)
  const { keystore, passwordFile, address } = account
  const signer = createSigner(await openKeystore(keystore, await readPassword(passwordFile)))
  if (address !== undefined && signer.address !== address)
    throw new WrongKeystoreError(keystore, signer.address, address)
  return signer
}

/**
 * Asks every remote signer whether it holds its account.
 *
 * @throws {@link AccountNotHeldError}; retryable, when one does not answer.
 */
export async function assertHeld(signers: readonly OurSigner[]): Promise<void> {
  await Promise.all(signers.map(async (signer) => signer.assertHeld?.()))
}

/** A keystore of another account than the configuration says. */
class WrongKeystoreError extends GuardError {
  override readonly code = 'WRONG_KEYSTORE'

  constructor(file: string, holds: Address, wanted: Address) {
    super(`The keystore ${file} holds ${holds}, not ${wanted}.`, { file, holds, wanted })
  }
}

/** Whose money is ours: the accounts that have a key, and those that are only watched. */
export function ownAddresses(accounts: readonly Account[], signers: readonly Signer[]): ReadonlySet<Address> {
  const watched = accounts.flatMap((account) => ('watchOnly' in account ? account.watchOnly : []))
  return new Set([...signers.map(({ address }) => address), ...watched])
}

/** Who challenges: the first account. A guard without any never gets as far as to ask a contract. */
export function responderOf(own: ReadonlySet<Address>): Address {
  const [first = NOBODY] = own
  return first
}

export const NOBODY = `0x${'0'.repeat(40)}` as Address
