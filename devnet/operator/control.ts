import { parseHex } from '../../src/lib/bytes.ts'
import type { Address, Wei } from '../../src/plasma/units.ts'
import { ETH } from '../../src/plasma/units.ts'
import { mintFromNothing } from './cheats.ts'
import { type Answer, badParameter, success } from './envelope.ts'
import type { FormedBlock } from './archive.ts'
import type { Operator } from './operator.ts'
import type { Route } from './route.ts'

/**
 * How a person makes the operator act: `/block.form {}`, `/cheat.mint {owner, amount, currency?}`,
 * `/cheat.block {transactions}` (signed, taken unseen), `/cheat.withhold {}`, `/cheat.forge {}`,
 * `/cheat.publish {blknum}` (serves honestly what was withheld or forged).
 */
export const controlAnswer: Readonly<Record<string, Route>> = {
  '/block.form': async (operator) => formed(await operator.formBlock()),
  '/cheat.mint': mint,
  '/cheat.block': block,
  '/cheat.withhold': async (operator) => formed(await operator.formBlock({ serving: 'withheld' })),
  '/cheat.forge': async (operator) => formed(await operator.formBlock({ serving: 'forged' })),
  '/cheat.publish': publish,
}

type Parameters = Readonly<Record<string, unknown>>

function formed({ blknum, root, transactions }: FormedBlock): Answer {
  return success({ blknum, hash: root, tx_count: transactions.length })
}

async function mint(operator: Operator, { owner, amount, currency = ETH }: Parameters): Promise<Answer> {
  const [to, token] = [parseOwner(owner), parseOwner(currency)]
  if (!to) return badParameter('owner', '{:length, 20}')
  if (!token) return badParameter('currency', '{:length, 20}')
  if (typeof amount !== 'string' || !/^[1-9][0-9]*$/.test(amount)) return badParameter('amount', ':integer')
  const also = mintFromNothing({ to, currency: token, amount: BigInt(amount) as Wei })
  return formed(await operator.formBlock({ also }))
}

async function block(operator: Operator, { transactions }: Parameters): Promise<Answer> {
  if (!Array.isArray(transactions)) return badParameter('transactions', ':list')
  const also = transactions.map((each: unknown) => (typeof each === 'string' ? parseHex(each) : undefined))
  const known = also.filter((each) => each !== undefined)
  if (known.length < also.length) return badParameter('transactions', ':hex')
  return formed(await operator.formBlock({ also: known }))
}

function publish(operator: Operator, { blknum }: Parameters): Answer {
  if (typeof blknum !== 'number' || !Number.isSafeInteger(blknum)) return badParameter('blknum', ':integer')
  operator.serve(BigInt(blknum), 'honest')
  return success({})
}

function parseOwner(text: unknown): Address | undefined {
  const isAddress = typeof text === 'string' && /^0x[0-9a-fA-F]{40}$/.test(text)
  return isAddress ? (text.toLowerCase() as Address) : undefined
}
