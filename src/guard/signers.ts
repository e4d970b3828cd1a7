import { openKeystore } from '../chain/keystore.ts'
import { createSigner, parsePrivateKey, type Signer } from '../chain/signer.ts'
import type { Account } from '../config.ts'

/**
 * The accounts of a configuration, in its order. Keys stay inside the signers.
 *
 * @throws {@link KeystoreError}, {@link InvalidPrivateKeyError}
 */
export function loadSigners(accounts: readonly Account[]): Promise<Signer[]> {
  return Promise.all(
    accounts.map(async (account) =>
      createSigner(
        'privateKey' in account
          ? parsePrivateKey(account.privateKey.reveal())
          : await openKeystore({ keystoreFile: account.keystore, passwordFile: account.passwordFile }),
      ),
    ),
  )
}
