import { keccak256 } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import type { Hex } from '../lib/bytes.ts'
import { GuardError } from '../lib/errors.ts'
import { type Secret, secret } from '../lib/secret.ts'
import type { Address } from '../plasma/units.ts'
import type { Account } from '../tx/chain-access.ts'
import { eip1559 } from './signed-transaction.ts'

/** An account of ours, wherever its key is: the port that sending declares. */
export type Signer = Account

/**
 * Makes a signer from a private key. The key stays inside.
 *
 * @throws {@link InvalidPrivateKeyError}
 */
export function createSigner(privateKey: Secret): Signer {
  const account = accountOf(privateKey)
  return {
    address: account.address.toLowerCase() as Address,
    signTransaction: async (transaction) => {
      const raw = await account.signTransaction(eip1559(transaction))
      return { raw, txHash: keccak256(raw) }
    },
  }
}

/**
 * Checks the text of a private key: 32 bytes of hex, with or without `0x`, blanks around it forgiven.
 *
 * @throws {@link InvalidPrivateKeyError} that never shows it.
 */
export function parsePrivateKey(text: string): Secret {
  const digits = /^\s*(?:0x)?([0-9a-fA-F]{64})\s*$/.exec(text)?.[1]
  if (digits === undefined) throw new InvalidPrivateKeyError('expected 32 bytes of hex')
  const key = secret(`0x${digits.toLowerCase()}`)
  accountOf(key)
  return key
}

function accountOf(privateKey: Secret) {
  try {
    return privateKeyToAccount(privateKey.reveal() as Hex)
  } catch {
    throw new InvalidPrivateKeyError('it is no number below the order of the curve')
  }
}

/** A private key that is none. Neither the error nor its cause holds what was given. */
class InvalidPrivateKeyError extends GuardError {
  override readonly code = 'INVALID_PRIVATE_KEY'

  constructor(why: string) {
    super(`The private key cannot be used: ${why}.`, { why })
  }
}
