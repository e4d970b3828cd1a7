import { readFile } from 'node:fs/promises'
import { createSecureContext, type SecureContext } from 'node:tls'
import { keccak256 } from 'viem'
import { z } from 'zod'
import type { Hex } from '../lib/bytes.ts'
import { codeOf } from '../lib/code-of.ts'
import { GuardError } from '../lib/errors.ts'
import type { Address } from '../plasma/units.ts'
import type { Unsigned } from '../tx/chain-access.ts'
import { flawOf } from './signed-transaction.ts'
import { createSignerRpc } from './signer-rpc.ts'
import type { Signer } from './signer.ts'

/** Paths are of PEM files. `caFile` left out: whom the system trusts. */
export type RemoteSignerSettings = {
  url: string
  address: Address
  caFile?: string | undefined
  clientCertFile?: string | undefined
  clientKeyFile?: string | undefined
  timeoutMs?: number
}

/** An account whose key another machine keeps. */
export type RemoteSigner = Signer & {
  /**
   * Asks whether it keeps the key.
   *
   * @throws {@link AccountNotHeldError}, and when it does not answer.
   */
  assertHeld: () => Promise<void>
}

const TIMEOUT_MS = 10_000

/**
 * A signer that speaks Web3Signer's JSON-RPC API for eth1. Nothing that it returns is trusted: signed bytes leave here
 * only when they are the transaction that was asked for, signed by the account that was asked.
 *
 * @throws {@link TlsFilesError} when it cannot even be asked.
 */
export async function createRemoteSigner(settings: RemoteSignerSettings): Promise<RemoteSigner> {
  const { address, timeoutMs = TIMEOUT_MS } = settings
  const url = new URL(settings.url)
  const ask = createSignerRpc({ url, secure: await secureContext(settings), timeoutMs })
  return {
    address,
    assertHeld: async () => {
      const held = accounts.parse(await ask('eth_accounts', []))
      if (!held.includes(address)) throw new AccountNotHeldError(url.origin, address, held.length)
    },
    signTransaction: async (transaction) => {
      const raw = signed.parse(await ask('eth_signTransaction', [wireForm(transaction, address)]))
      const flaw = await flawOf(raw, { transaction, sender: address })
      if (flaw !== undefined) throw new UntrueSignerError(url.origin, address, flaw)
      return { raw, txHash: keccak256(raw) }
    },
  }
}

const accounts = z.array(z.string().toLowerCase()).catch([])
/** Anything that is no hex is as good as nothing. */
const signed = z
  .string()
  .regex(/^0x(?:[0-9a-fA-F]{2})+$/)
  .transform((text) => text.toLowerCase() as Hex)
  .catch('0x')

/** The chain id is the signer's own setting, so it is not in the question, only in what is checked. */
function wireForm({ to, data, nonce, value, ...rest }: Unsigned, from: Address) {
  return {
    ...{ from, to, data, nonce: quantity(nonce), value: quantity(value), gas: quantity(rest.gas) },
    maxFeePerGas: quantity(rest.maxFeePerGas),
    maxPriorityFeePerGas: quantity(rest.maxPriorityFeePerGas),
  }
}

function quantity(value: bigint | number): Hex {
  return `0x${value.toString(16)}`
}

async function secureContext({ caFile, clientCertFile, clientKeyFile }: RemoteSignerSettings): Promise<SecureContext> {
  const [ca, cert, key] = await Promise.all([caFile, clientCertFile, clientKeyFile].map(read))
  try {
    return createSecureContext({ ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) })
  } catch (error) {
    throw new TlsFilesError(
      [caFile, clientCertFile, clientKeyFile].filter((file) => file !== undefined).join(', '),
      error,
    )
  }
}

async function read(file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return undefined
  try {
    return await readFile(file)
  } catch (error) {
    throw new TlsFilesError(file, error)
  }
}

/** Files of certificates or their key that cannot be read, or do not fit together. */
class TlsFilesError extends GuardError {
  override readonly code = 'TLS_FILES_UNUSABLE'

  constructor(files: string, error: unknown) {
    const why = codeOf(error) || 'not what they should be'
    super(`The remote signer cannot be spoken to with ${files}: ${why}.`, { files, why })
  }
}

/** The remote signer does not keep the key of the account. */
class AccountNotHeldError extends GuardError {
  override readonly code = 'ACCOUNT_NOT_HELD'

  constructor(origin: string, address: Address, others: number) {
    super(`The remote signer ${origin} does not hold ${address}; it holds ${String(others)} other accounts.`, {
      ...{ origin, address, others },
    })
  }
}

/** The remote signer returned something else than what was to be signed. Nothing was sent. */
class UntrueSignerError extends GuardError {
  override readonly code = 'SIGNER_UNTRUE'

  constructor(origin: string, address: Address, flaw: string) {
    super(`What the remote signer ${origin} has signed for ${address} is refused: ${flaw}.`, { origin, address, flaw })
  }
}
