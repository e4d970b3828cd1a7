import type { At } from '../../src/exit-game/contract-event.ts'
import { leafHash, merkleRoot, subtreeRoots } from '../../src/plasma/merkle.ts'
import type { RecoveredTransaction } from '../../src/plasma/recovered-transaction.ts'
import { ETH, type Hash, type Timestamp, type UtxoPos, type Wei } from '../../src/plasma/units.ts'
import type { Announced, ChainEvent, Facts, Reading, Step } from '../../src/watcher/facts.ts'
import { alice, bob, carol, type Signer } from '../support/signers.ts'
import { at, deposit, pay, rawPayment, signedWith, token } from '../support/transactions.ts'

/** What happens in one root chain block of a story, and what a ledger makes of it. */
export type Chapter =
  | { event: Extract<ChainEvent, { type: 'DepositCreated' }> }
  | { event: Announced['event']; root: Hash; transactions: readonly RecoveredTransaction[] }
  | { event: Extract<ChainEvent, { type: 'ExitFinalized' }>; taken: readonly UtxoPos[] }

/** What is to happen next; the numbers choose among what there is. */
export type Wish =
  | { to: 'deposit'; owner: number; amount: number }
  | { to: 'submit'; payments: readonly { coin: number; second: number | undefined; owner: number }[] }
  | { to: 'exit'; coin: number }

type Coin = { utxoPos: UtxoPos; amount: bigint }

export const people: readonly Signer[] = [alice, bob, carol]

/** A signature of nobody: ledgers do not ask. */
const SIGNATURE = new Uint8Array(65).fill(27)

/**
 * Goes on with a story: the chapter that a wish makes of what is unspent. `fork` tells apart what two root chains hold
 * at one height.
 */
export function tell(before: readonly Chapter[], wish: Wish, fork: number): Chapter {
  const where = place(before.length + 1, fork)
  const coins = unspentAfter(before)
  if (wish.to === 'submit') return submit(before, coins, { where, wish })
  const coin = wish.to === 'exit' ? coins[wish.coin % Math.max(coins.length, 1)] : undefined
  if (coin) return { event: { ...where, type: 'ExitFinalized', exitId: 1n }, taken: [coin.utxoPos] }
  return deposited(before, where, wish.to === 'deposit' ? wish : { owner: 0, amount: 1 })
}

function deposited(before: readonly Chapter[], where: At, made: { owner: number; amount: number }): Chapter {
  const owner = personAt(made.owner)
  const amount = BigInt(made.amount) as Wei
  const currency = amount % 2n === 0n ? token : undefined
  const transaction = deposit(owner, amount, currency).raw
  const event = { depositor: owner.address, token: currency ?? ETH, amount, transaction }
  return { event: { ...where, type: 'DepositCreated', blknum: nextDeposit(before), ...event } }
}

/** The root chain block at a height. */
export function place(height: number, fork: number): At {
  const blockHash = `0x${fork.toString(16)}${height.toString(16).padStart(63, '0')}` as Hash
  const timestamp = BigInt(1_600_000_000 + 15 * height) as Timestamp
  return { blockNumber: BigInt(height), blockHash, timestamp, occurrence: { txHash: blockHash, rank: 0 } }
}

/** A reading of some chapters that follow each other. */
export function readingOf(chapters: readonly Chapter[]): Reading {
  const events = chapters.map(({ event }) => event)
  const [first, last] = [events[0], events.at(-1)]
  if (!first || !last) throw new Error('Nothing to read')
  const { blockNumber, blockHash: hash, timestamp } = last
  const submitted = chapters.flatMap((chapter) =>
    'root' in chapter
      ? [[chapter.event.blknum, { root: chapter.root, timestamp: chapter.event.timestamp }] as const]
      : [],
  )
  return {
    from: first.blockNumber,
    tip: { number: blockNumber, hash, timestamp },
    events,
    unreadable: [],
    submitted: new Map(submitted),
  }
}

export function isStep(chapter: Chapter): chapter is Chapter & { event: Step } {
  return chapter.event.type !== 'DepositCreated'
}

/** Brings a chapter that was read into the ledger. */
export function apply(facts: Pick<Facts, 'write'>, chapter: Chapter): Promise<void> {
  return facts.write((draft) => {
    if ('taken' in chapter) draft.exit(chapter.event, chapter.taken)
    if (!('transactions' in chapter)) return
    const { event, root, transactions } = chapter
    const { blknum, timestamp: submittedAt } = event
    for (const [txIndex, transaction] of transactions.entries()) draft.transaction({ blknum, txIndex }, transaction)
    const nodes = subtreeRoots(transactions.map(({ transaction }) => leafHash(transaction.raw)))
    draft.block({ blknum, root, submittedAt, event }, { transactions: transactions.length, nodes })
  })
}

type Submission = { where: At; wish: Extract<Wish, { to: 'submit' }> }

function submit(before: readonly Chapter[], coins: readonly Coin[], { where, wish }: Submission): Chapter {
  const blknum = nextBlock(before)
  const left = [...coins]
  const transactions: RecoveredTransaction[] = []
  for (const { coin, second, owner } of wish.payments) {
    const inputs = [coin, second].flatMap((chosen) =>
      chosen === undefined || left.length === 0 ? [] : left.splice(chosen % left.length, 1),
    )
    const sum = inputs.reduce((total, { amount }) => total + amount, 0n)
    if (inputs.length === 0) continue
    const outputs =
      sum > 1n ? [pay(personAt(owner), 1n), pay(personAt(owner + 1), sum - 1n)] : [pay(personAt(owner), sum)]
    const raw = rawPayment(
      inputs.map(({ utxoPos }) => utxoPos),
      outputs,
    )
    const txIndex = transactions.length
    transactions.push({
      ...signedWith(
        raw,
        inputs.map(() => SIGNATURE),
      ),
      signers: [],
    })
    for (const [index, { amount }] of outputs.entries()) left.push({ utxoPos: at(blknum, txIndex, index), amount })
  }
  const root = merkleRoot(transactions.map(({ transaction }) => transaction.raw))
  return { event: { ...where, type: 'BlockSubmitted', blknum }, root, transactions }
}

function unspentAfter(chapters: readonly Chapter[]): Coin[] {
  const coins = new Map<UtxoPos, bigint>()
  for (const chapter of chapters) {
    if ('taken' in chapter) for (const utxoPos of chapter.taken) coins.delete(utxoPos)
    if (chapter.event.type === 'DepositCreated') coins.set(at(chapter.event.blknum), chapter.event.amount)
    if ('transactions' in chapter) execute(coins, chapter)
  }
  return [...coins].map(([utxoPos, amount]) => ({ utxoPos, amount }))
}

function execute(coins: Map<UtxoPos, bigint>, block: Extract<Chapter, { root: Hash }>): void {
  for (const [txIndex, { transaction }] of block.transactions.entries()) {
    for (const input of transaction.inputs) coins.delete(input)
    for (const [index, { amount }] of transaction.outputs.entries()) {
      coins.set(at(block.event.blknum, txIndex, index), amount)
    }
  }
}

function nextBlock(chapters: readonly Chapter[]): bigint {
  return 1000n * BigInt(1 + chapters.filter((chapter) => 'transactions' in chapter).length)
}

/** Deposits are numbered from the block before them on. */
function nextDeposit(chapters: readonly Chapter[]): bigint {
  const since = chapters.slice(chapters.findLastIndex((chapter) => 'transactions' in chapter) + 1)
  const made = since.filter(({ event }) => event.type === 'DepositCreated').length
  return nextBlock(chapters) - 1000n + BigInt(1 + made)
}

function personAt(index: number): Signer {
  return people[index % people.length] ?? alice
}
