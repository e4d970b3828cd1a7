import { openKeystore } from '../chain/keystore.ts'
import { createSigner, parsePrivateKey, type Signer } from '../chain/signer.ts'
import type { Account } from '../config.ts'
import type { Address } from '../plasma/units.ts'

/**
 * The accounts of a configuration that have a key, in its order. Keys stay inside the signers.
 *
 * @throws {@link KeystoreError}, {@link InvalidPrivateKeyError}
 */
export function loadSigners(accounts: readonly Account[]): Promise<Signer[]> {
  return Promise.all(
    accounts
      .filter(hasKey)
      .map(async (account) =>
        createSigner(
          'privateKey' in account
            ? parsePrivateKey(account.privateKey.reveal())
            : await openKeystore({ keystoreFile: account.keystore, passwordFile: account.passwordFile }),
        ),
      ),
  )
}

type Watched = Extract<Account, { watchOnly: unknown }>

function hasKey(account: Account): account is Exclude<Account, Watched> {
  return !('watchOnly' in account)
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

const NOBODY = `0x${'0'.repeat(40)}` as Address
