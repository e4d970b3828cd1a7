import { foldGame, emptyGame, type ExitGame } from '../../src/exit-game/exit-game.ts'
import type { ExitGameEvent } from '../../src/exit-game/contract-event.ts'
import { spentByExit } from '../../src/exit-game/finalized-outputs.ts'
import { merkleRoot } from '../../src/plasma/merkle.ts'
import { decodeUtxoPos, encodeUtxoPos } from '../../src/plasma/position.ts'
import type { Output, SignedTransaction } from '../../src/plasma/transaction.ts'
import { ETH, type Address, type Hash, type UtxoPos } from '../../src/plasma/units.ts'
import { childChain, recovery, type ChildChain } from '../support/exits.ts'
import { alice, bob, carol, mallory, type Signer } from '../support/signers.ts'
import { pay, payment, token } from '../support/transactions.ts'
import { contractModel, RefusedError, type PieceName } from './contract-model.ts'

/** One thing that happened, in the order of the root chain. */
type Step =
  | { deposit: { owner: Signer; amount: bigint; currency: Address } }
  | { block: readonly SignedTransaction[] }
  | { event: ExitGameEvent }

/** Numbers that a random player turns into whatever he may do just then. */
export type Choice = readonly [kind: number, who: number, what: number]

const honest = [alice, bob, carol]
const everybody = [...honest, mallory]
const tokens = [ETH, token]
/** Which of its moves a network makes how often. */
const HABITS = [0, 1, 1, 1, 2, 2, 3, 4, 4, 4, 5, 5, 5, 5, 5, 5, 6, 7, 8, 9, 9]

/** As many kinds of choices there are. */
export const KINDS = HABITS.length

/**
 * A network of honest people: whoever signs a transaction never signs another one of the same coins nor exits them, and
 * whoever exits or piggybacks an output never spends it. Which of the signed ones get into a block is the operator's luck.
 */
export function people() {
  const chain = childChain()
  const steps: Step[] = []
  const contract = contractModel(chain, (event) => steps.push({ event }))
  const coins = new Set<UtxoPos>()
  /** What its owner has promised to somebody, or wants from the contract. */
  const promised = new Set<UtxoPos>()
  const claimedOutputs = new Set<string>()
  const signed: SignedTransaction[] = []
  const flights: SignedTransaction[] = []
  const roots = new Map<bigint, Hash>()
  let serial = 0

  const isFree = (utxoPos: UtxoPos) => !promised.has(utxoPos) && chain.ledger.get(utxoPos) !== undefined
  const ownerOf = ({ owner }: Output) => everybody.find(({ address }) => address === owner)

  function deposit(owner: Signer, amount: bigint, currency: Address = ETH): UtxoPos {
    steps.push({ deposit: { owner, amount, currency } })
    const utxoPos = chain.deposit(owner, amount, currency)
    coins.add(utxoPos)
    return utxoPos
  }

  /** A payment of these coins, whoever's they are: half to each payee. */
  function sign(inputs: readonly UtxoPos[], payees: readonly Signer[]): SignedTransaction {
    const outputs = inputs.map((utxoPos) => chain.output(utxoPos))
    const paid = outputs.flatMap(({ amount, currency }, index) => {
      const payee = payees[index % payees.length] ?? alice
      const half = amount / 2n
      return half > 0n && index < 2
        ? [pay(payee, half, currency), pay(payees.at(-1) ?? alice, amount - half, currency)]
        : [pay(payee, amount, currency)]
    })
    const signers = inputs.map((utxoPos, index) => {
      const signer = outputs[index] && ownerOf(outputs[index])
      if (!signer) throw new Error(`nobody owns ${utxoPos}`)
      return { utxoPos, signer }
    })
    serial += 1
    return payment(
      signers,
      paid,
      Uint8Array.from({ length: 32 }, (_, at) => (at < 30 ? 0 : serial >> (8 * (31 - at)))),
    )
  }

  /** The operator makes a block of those that still can be executed. */
  function block(...wanted: readonly SignedTransaction[]): readonly SignedTransaction[] {
    const spent = new Set<UtxoPos>()
    const included = wanted.filter(({ transaction: { inputs } }) => {
      const possible = inputs.every((input) => chain.ledger.get(input) !== undefined && !spent.has(input))
      if (possible) for (const input of inputs) spent.add(input)
      return possible
    })
    steps.push({ block: included })
    const { blknum } = decodeUtxoPos(chain.block(...included))
    roots.set(blknum, merkleRoot(included.map(({ transaction }) => transaction.raw)))
    for (const [txIndex, { transaction }] of included.entries()) {
      for (const outputIndex of transaction.outputs.keys()) {
        const utxoPos = encodeUtxoPos({ blknum, txIndex, outputIndex })
        coins.add(utxoPos)
        if (claimedOutputs.has(`${transaction.txHash} ${outputIndex}`)) promised.add(utxoPos)
      }
    }
    return included
  }

  function freeCoinsOf(who: Signer): UtxoPos[] {
    return [...coins].filter((utxoPos) => isFree(utxoPos) && chain.ledger.get(utxoPos)?.owner === who.address)
  }

  const exiting = new Set<UtxoPos>()

  /** An honest owner joins with a piece: an input that was promised to nobody else, an output that he keeps. */
  function claim(tx: SignedTransaction, piece: PieceName): void {
    if (piece.side === 'input') {
      contract.piggyback(tx, piece)
      return
    }
    const place = chain.evidence.inclusion(tx.transaction)
    const utxoPos = place && encodeUtxoPos({ ...place, outputIndex: piece.index })
    const isKept = utxoPos === undefined || isFree(utxoPos) || exiting.has(utxoPos)
    if (!isKept) return
    contract.piggyback(tx, piece)
    claimedOutputs.add(`${tx.transaction.txHash} ${piece.index}`)
    if (utxoPos !== undefined) promised.add(utxoPos)
  }

  function honestMove([kind, who, what]: Choice): void {
    const player = pick(honest, who)
    const free = freeCoinsOf(player)
    const moves: readonly (() => void)[] = [
      () => deposit(player, BigInt(2 + (what % 50)), pick(tokens, what)),
      () => {
        const inputs = free.slice(what % 3, (what % 3) + 1 + (what % 2))
        if (inputs.length === 0) return
        for (const input of inputs) promised.add(input)
        signed.push(sign(inputs, [pick(honest, what), pick(honest, what + 1)]))
      },
      () => {
        block(...signed.filter((_, at) => ((what + at) & 3) !== 0 || kind % 2 === 0))
      },
      () => {
        const utxoPos = free[what % Math.max(1, free.length)]
        if (utxoPos === undefined) return
        promised.add(utxoPos)
        exiting.add(utxoPos)
        contract.startStandardExit(utxoPos)
      },
      () => {
        const tx = signed[what % Math.max(1, signed.length)]
        if (!tx) return
        contract.startInFlightExit(tx)
        flights.push(tx)
      },
      () => {
        const tx = flights[what % Math.max(1, flights.length)]
        if (!tx) return
        const side = who % 2 === 0 ? 'input' : 'output'
        const pieces = side === 'input' ? tx.transaction.inputs : tx.transaction.outputs
        claim(tx, { side, index: what % pieces.length })
      },
      () => {
        contract.processExits(pick(tokens, what))
      },
      () => {
        const tx = flights[what % Math.max(1, flights.length)]
        if (tx) contract.deleteInFlightExit(tx)
      },
      () => {
        contract.pass(1 + ((what * 17) % 450))
      },
      () => {
        contract.pass(350 + what)
        for (const each of tokens) contract.processExits(each)
      },
    ]
    attempt(pick(moves, HABITS[kind % HABITS.length] ?? 0))
  }

  for (const [at, player] of [...honest, ...honest, ...honest].entries()) {
    deposit(player, BigInt(10 + at), pick(tokens, at >> 1))
  }
  block()

  return {
    chain,
    contract,
    steps,
    coins,
    deposit,
    sign,
    block,
    honestMove,
    /** `blocks(blknum).root` of the framework. */
    root: (blknum: bigint) => roots.get(blknum),
  }
}

export type People = ReturnType<typeof people>

/** Does what the contract may refuse. */
function attempt(act: () => void): void {
  try {
    act()
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
  }
}

function pick<T>(from: readonly T[], at: number): T {
  const found = from[at % from.length]
  if (found === undefined) throw new Error('nothing to pick')
  return found
}

/** How a watcher takes in what happened: as many events at a time, and its ledger when it has them. */
export type Manner = {
  /** Folds the events in batches of so many. */
  batch?: number
  /** Takes in blocks and payouts only when every event of the exit game is known. */
  blocksLast?: true
  /** Tells every so many-th event again. */
  again?: number
}

/** What a watcher knows that has seen these steps. */
export function watched(steps: readonly Step[], manner: Manner = {}): { game: ExitGame; chain: ChildChain } {
  const chain = childChain()
  const fold = folding(manner)
  const takeInLedger = (step: Step) => {
    if ('deposit' in step) chain.deposit(step.deposit.owner, step.deposit.amount, step.deposit.currency)
    else if ('block' in step) chain.block(...step.block)
    else takePayout(chain, step.event, fold.game)
  }
  for (const step of steps) {
    if ('event' in step) fold.take(step.event)
    if (!manner.blocksLast) takeInLedger(step)
  }
  if (manner.blocksLast) steps.forEach(takeInLedger)
  return { game: fold.game(), chain }
}

function folding({ batch = 1, again = 0 }: Manner) {
  let game = emptyGame(recovery)
  let waiting: ExitGameEvent[] = []
  const told: ExitGameEvent[] = []
  const known = () => {
    game = foldGame(game, waiting)
    waiting = []
    return game
  }
  return {
    game: known,
    take: (event: ExitGameEvent) => {
      waiting.push(event)
      told.push(event)
      if (again > 0 && told.length % again === 0) waiting.push(...told.slice(-again - 2))
      if (waiting.length >= batch) known()
    },
  }
}

function takePayout(chain: ChildChain, event: ExitGameEvent, game: () => ExitGame): void {
  if (event.type !== 'ExitFinalized' && event.type !== 'InFlightExitWithdrawn') return
  chain.ledger.exit(spentByExit(event, game(), chain.evidence.inclusion))
}
