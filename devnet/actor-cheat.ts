import { parseEther } from 'viem'
import { toHex } from '../src/lib/bytes.ts'
import { ETH, type Wei } from '../src/plasma/units.ts'
import type { Actor } from './actor.ts'
import type { Devnet } from './actor-devnet.ts'
import type { Report } from './actor-hand.ts'
import { post } from './actor-submit.ts'
import { doubleSpend, foreignSignature, phantomInput } from './operator/cheats.ts'
import type { Spendable } from './operator/payment.ts'

const LOOT = parseEther('100') as Wei

type Theft = { thief: Actor; coin: () => Spendable }
type Call = { path: string; parameters: Record<string, unknown> }

/** What a person can have the operator do, by the operator's control path. */
const cheats: Readonly<Record<string, (theft: Theft) => Call>> = {
  mint: ({ thief }) => ({ path: '/cheat.mint', parameters: { owner: thief.address, amount: LOOT.toString() } }),
  'double-spend': ({ thief, coin }) => block(doubleSpend({ thief: thief.signer, coin: coin(), to: thief.address })),
  'foreign-signature': ({ thief, coin }) => block(foreignSignature({ thief: thief.signer, coin: coin() })),
  'phantom-input': ({ thief }) => block(phantomInput({ thief: thief.signer, currency: ETH, amount: LOOT })),
  withhold: () => ({ path: '/cheat.withhold', parameters: {} }),
  forge: () => ({ path: '/cheat.forge', parameters: {} }),
}

export const cheatNames: readonly string[] = Object.keys(cheats)

/** Has the operator of a running devnet cheat; the thief gets what there is to get. */
export async function cheat(
  devnet: Devnet,
  { name, thief, utxoPos }: { name: string; thief: Actor; utxoPos?: bigint },
): Promise<Report> {
  const makeCall = cheats[name]
  if (!makeCall) throw new Error(`There is no cheat ${name}: there are ${cheatNames.join(', ')}.`)
  const found = utxoPos === undefined ? undefined : await devnet.coinAt(utxoPos)
  const coin = () => {
    if (!found) throw new Error(`The cheat ${name} needs an output to steal: --coin.`)
    return found
  }
  const { path, parameters } = makeCall({ thief, coin })
  const { blknum, hash } = (await post(devnet.operator, path, parameters)) as { blknum: bigint; hash: string }
  return [
    ['block', blknum],
    ['root', hash],
  ]
}

function block(transactions: readonly Uint8Array[]): Call {
  return { path: '/cheat.block', parameters: { transactions: transactions.map(toHex) } }
}
