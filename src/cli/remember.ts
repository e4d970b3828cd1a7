import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { loadConfig, type Config } from '../config.ts'
import { GuardError } from '../lib/errors.ts'
import { equalBytes, parseHex } from '../lib/bytes.ts'
import { transactionRecoverer } from '../plasma/recovered-transaction.ts'
import type { Hash } from '../plasma/units.ts'
import { loadSigners, ownAddresses } from '../guard/signers.ts'
import { openDatabase } from '../store/database.ts'
import { createTransactionArchive } from '../store/transaction-archive.ts'
import { configOption } from './options.ts'

/** `plasma-guard remember` */
export function rememberCommand(): Command {
  return new Command('remember')
    .description('keeps signed transactions of yours: if no valid block holds one, leaving the chain needs it')
    .argument('<signed-tx...>', 'signed transactions as 0x hex, @FILE that holds one, or - for standard input')
    .addOption(configOption())
    .option('--json', 'one JSON object a transaction', false)
    .action(async (given: string[], { config, json }: { config: string; json: boolean }) => {
      const loaded = loadConfig(config, process.env)
      for (const remembered of await remember(loaded, given.map(readArgument))) {
        process.stdout.write(json ? `${JSON.stringify(remembered)}\n` : lineOf(remembered))
      }
    })
}

/** `concerns`: whether an own account signed it or is paid by it. `known`: whether it was kept before, signatures and all. */
export type Remembered = { txhash: Hash; known: boolean; concerns: boolean }

/**
 * Checks signed transactions and keeps them, all of them or none.
 *
 * @throws {@link NoSignedTransactionError} for one that no block could ever hold.
 */
export async function remember(config: Config, transactions: readonly Uint8Array[]): Promise<Remembered[]> {
  const own = ownAddresses(config.accounts, await loadSigners(config.accounts))
  const recover = transactionRecoverer({ framework: config.rootChain.plasmaFramework })
  const checked = transactions.map((signedTx) => {
    const recovered = recover(signedTx)
    if (!recovered.ok) throw new NoSignedTransactionError(recovered.error)
    const { transaction, signers } = recovered.value
    if (transaction.txType !== 'payment' || signers.length === 0) throw new NoSignedTransactionError('it is no payment')
    const concerns = [...signers, ...transaction.outputs.map(({ owner }) => owner)].some((each) => own.has(each))
    return { txHash: transaction.txHash, signedTx, concerns }
  })
  const database = openDatabase(config.data)
  try {
    const archive = createTransactionArchive(database)
    return checked.map(({ txHash, signedTx, concerns }) => {
      const known = archive.find(txHash).some((held) => equalBytes(held.signedTx, signedTx))
      archive.store({ txHash, signedTx })
      return { txhash: txHash, known, concerns }
    })
  } finally {
    database.close()
  }
}

function lineOf({ txhash, known, concerns }: Remembered): string {
  const note = concerns
    ? ''
    : '; none of your accounts signed it or is paid by it: was it signed for this network, are the accounts complete?'
  return `${txhash} ${known ? 'was known' : 'remembered'}${note}\n`
}

/** Where the text of a transaction is: on the command line, in a file, or on standard input. */
function readArgument(argument: string): Uint8Array {
  const text = argument === '-' ? readText(0, 'standard input') : fromFile(argument)
  const bytes = parseHex(text.trim())
  if (!bytes) throw new NoSignedTransactionError('it is not 0x hex')
  return bytes
}

function fromFile(argument: string): string {
  return argument.startsWith('@') ? readText(argument.slice(1), argument.slice(1)) : argument
}

function readText(source: string | number, name: string): string {
  try {
    return readFileSync(source, 'utf8')
  } catch (error) {
    throw new NoSignedTransactionError(`${name} cannot be read: ${(error as Error).message}`)
  }
}

/** What was given to be remembered is not a signed payment of this network. */
class NoSignedTransactionError extends GuardError {
  override readonly code = 'NO_SIGNED_TRANSACTION'

  constructor(why: string) {
    super(`This is no signed transaction: ${why}.`, { why })
  }
}
