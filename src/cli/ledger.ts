import { Command } from 'commander'
import { readDeployment } from '../chain/deployment.ts'
import { createNode } from '../chain/node.ts'
import { loadConfig, type Config } from '../config.ts'
import { readBondBook, type AccountBook, type BondBook } from '../guard/bond-book.ts'
import { loadSigners, ownAddresses } from '../guard/signers.ts'
import type { Bond } from '../exit-game/bond-ledger.ts'
import { openDatabase } from '../store/database.ts'
import { createSentTransactions } from '../store/sent-transactions.ts'
import { ether, table } from './exit-report.ts'
import { configOption } from './options.ts'

/** `plasma-guard ledger` */
export function ledgerCommand(): Command {
  return new Command('ledger')
    .description('prints what your accounts have posted, won, lost and got back in bonds, and what gas has cost them')
    .addOption(configOption())
    .option('--json', 'one JSON object, amounts in wei', false)
    .action(async ({ config, json }: { config: string; json: boolean }) => {
      const book = await readLedger(loadConfig(config, process.env))
      process.stdout.write(json ? `${JSON.stringify(ledgerJson(book))}\n` : ledgerText(book))
    })
}

/** The ledger of the configured accounts, and of those that the journal has sent from. */
export async function readLedger(config: Config): Promise<BondBook> {
  const database = openDatabase(config.data)
  try {
    const sent = createSentTransactions(database)()
    const signers = await loadSigners(config.accounts)
    const own = new Set([...ownAddresses(config.accounts, signers), ...sent.map(({ account }) => account)])
    const node = createNode(config.rootChain)
    const deployment = await readDeployment(node, config.rootChain.plasmaFramework)
    return await readBondBook({ node, deployment, own, sent })
  } finally {
    database.close()
  }
}

export function ledgerJson({ height, accounts, bonds }: BondBook): Record<string, unknown> {
  return {
    height: height.toString(),
    accounts: accounts.map(({ account, transactions, ...sums }) => ({
      account,
      ...Object.fromEntries(Object.entries(sums).map(([name, wei]) => [name, wei.toString()])),
      transactions,
    })),
    bonds: bonds.map(({ kind, exitId, side, index, txHash, postedBy, receiver, amount, end }) => ({
      ...{ kind, exit_id: exitId.toString() },
      ...(side === undefined ? {} : { side }),
      ...(index === undefined ? {} : { index }),
      ...{ tx_hash: txHash, posted_by: postedBy, amount: amount.toString(), end },
      ...(receiver === undefined ? {} : { receiver }),
    })),
  }
}

export function ledgerText({ height, accounts, bonds }: BondBook): string {
  if (accounts.length === 0) return `There is no account, as of root chain block ${height}.\n`
  return [
    table(['account', 'posted', 'returned', 'lost', 'locked', 'won', 'gas'], accounts.map(accountRow)),
    bonds.length === 0 ? '' : `\n${table(['bond', 'exit', 'posted by', 'amount', 'end', 'to'], bonds.map(bondRow))}`,
    `\nAs of root chain block ${height}. Gas is that of the transactions in the journal.\n`,
  ].join('')
}

function accountRow({ account, posted, returned, lost, locked, won, gas }: AccountBook): string[] {
  return [account, ...[posted, returned, lost, locked, won, gas].map(ether)]
}

function bondRow({ kind, exitId, side, index, postedBy, amount, end, receiver }: Bond): string[] {
  const piece = side === undefined ? '' : ` ${side} ${String(index)}`
  return [`${kind}${piece}`, exitId.toString(), postedBy, ether(amount), end, receiver ?? 'the contract']
}
