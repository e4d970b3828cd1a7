import { afterEach } from '@jest/globals'
import { inFlightExitId, standardExitId } from '../../src/exit-game/exit-id.ts'
import type { Occurrence } from '../../src/exit-game/contract-event.ts'
import type { ConditionOf, ConditionType } from '../../src/exit-game/condition.ts'
import { silentLogger, type Logger } from '../../src/lib/logger.ts'
import { decodeUtxoPos } from '../../src/plasma/position.ts'
import { merkleRoot } from '../../src/plasma/merkle.ts'
import { depositTransaction } from '../../src/plasma/encode-transaction.ts'
import type { SignedTransaction } from '../../src/plasma/transaction.ts'
import { ETH, type Hash, type Seconds, type Timestamp, type UtxoPos, type Wei } from '../../src/plasma/units.ts'
import type { ServedBlock } from '../../src/watcher/operator.ts'
import type { Snapshot } from '../../src/watcher/snapshot.ts'
import type { ArchivedTransaction } from '../../src/watcher/transaction-archive.ts'
import { createBlockChecks } from '../../src/watcher/block-checks.ts'
import type { Facts } from '../../src/watcher/facts.ts'
import { createWatcher, type WatcherConfig } from '../../src/watcher/watcher.ts'
import type { LedgerView } from '../../src/plasma/ledger.ts'
import { temporaryFacts } from '../support/facts.ts'
import { alice, bob, carol, mallory, type Signer } from '../support/signers.ts'
import { at, framework } from '../support/transactions.ts'
import { fakeRootChain } from './fake-root-chain.ts'

export const MIN_EXIT_PERIOD = 600n as Seconds
export const WITHHOLDING = 300n as Seconds

type Submitted = { blknum: bigint; root: Hash; occurrence: Occurrence; served: ServedBlock }

/** A whole plasma network of plain values: contracts, an operator who does as he is told, people. */
export function network() {
  const chain = fakeRootChain()
  const blocks = new Map<Hash, ServedBlock>()
  const withheld = new Set<Hash>()
  const hanging: (() => void)[] = []
  let hangs = false
  let nextBlknum = 1000n
  let nextDeposit = 1n
  const submissions: Uint8Array[] = []

  /** Submits a root and serves these transactions under it, or whatever `serve` makes of that. */
  function submit(
    transactions: readonly SignedTransaction[],
    serve: (honest: ServedBlock) => ServedBlock = (honest) => honest,
  ): Submitted {
    const root = merkleRoot(transactions.map(({ transaction }) => transaction.raw))
    const blknum = nextBlknum
    const served = serve({ hash: root, blknum, transactions: transactions.map(({ bytes }) => bytes) })
    blocks.set(root, served)
    nextBlknum += 1000n
    nextDeposit = blknum + 1n
    return { blknum, root, served, occurrence: chain.submit(blknum, root) }
  }

  function deposit(signer: Signer, amount: bigint): UtxoPos {
    const blknum = nextDeposit++
    chain.mine({ type: 'DepositCreated', blknum, depositor: signer.address, token: ETH, amount: amount as Wei })
    return at(blknum)
  }

  function startExit(signer: Signer, utxoPos: UtxoPos, outputTx: Uint8Array): bigint {
    const exitId = standardExitId(outputTx, utxoPos)
    chain.mine({ type: 'ExitStarted', exitId, owner: signer.address, utxoPos, outputTx, exitable: true })
    return exitId
  }

  function startInFlightExit(
    initiator: Signer,
    { transaction, signatures }: SignedTransaction,
    inputTxs: readonly Uint8Array[],
  ): bigint {
    const exitId = inFlightExitId(transaction.raw)
    chain.mine({
      type: 'InFlightExitStarted',
      exitId,
      txHash: transaction.txHash,
      initiator: initiator.address,
      inFlightTx: transaction.raw,
      signatures,
      inputTxs,
      inputUtxosPos: transaction.inputs,
      contractTimestamp: 1n as Timestamp,
    })
    return exitId
  }

  return {
    chain,
    submit,
    deposit,
    startExit,
    startInFlightExit,
    /** The raw transaction of a deposit. */
    depositTx: (signer: Signer, amount: bigint) =>
      depositTransaction({ owner: signer.address, currency: ETH, amount: amount as Wei }),
    withhold: ({ root }: Submitted) => withheld.add(root),
    release: () => {
      withheld.clear()
    },
    serve: (root: Hash, block: ServedBlock) => blocks.set(root, block),
    hang: () => {
      hangs = true
    },
    answer: () => {
      hangs = false
      for (const go of hanging.splice(0)) go()
    },
    /** What a reorganisation makes the framework count anew. */
    rewind: (blknum: bigint, deposit = blknum - 999n) => {
      nextBlknum = blknum
      nextDeposit = deposit
    },
    submissions,
    operator: {
      block: async (root: Hash) => {
        if (hangs) await new Promise<void>((resolve) => hanging.push(resolve))
        const block = blocks.get(root)
        return block && !withheld.has(root) ? { ok: true as const, block } : { ok: false as const, reason: 'none' }
      },
      submit: async (signedTx: Uint8Array) => {
        submissions.push(signedTx)
        return { ok: true, answer: null }
      },
    },
  }
}

export type Network = ReturnType<typeof network>

/** A watcher of a network, which polls when it is told to. */
function watch(
  { chain, operator }: Pick<Network, 'chain' | 'operator'>,
  different: Partial<WatcherConfig> & { archived?: ArchivedTransaction[]; alone?: true; facts?: Facts } = {},
) {
  const { archived = [], alone, facts = temporaryFacts(), ...config } = different
  const said: { level: string; facts: Record<string, unknown>; sentence: string }[] = []
  const heard: Snapshot[] = []
  const say = (level: string) => (facts: Record<string, unknown>, sentence: string) => {
    said.push({ level, facts, sentence })
  }
  const log: Logger = { ...silentLogger, warn: say('warn'), error: say('error'), info: say('info') }
  let wake: () => void = () => {}
  const watcher = createWatcher(
    {
      rootChain: chain.port,
      operator: alone ? undefined : operator,
      facts,
      checks: createBlockChecks({ framework }),
      archive: { list: (skip = 0) => archived.slice(skip) },
      log,
      sleep: () =>
        new Promise((resolve) => {
          wake = resolve
        }),
    },
    {
      framework,
      minExitPeriod: MIN_EXIT_PERIOD,
      withholdingSeconds: WITHHOLDING,
      slaMarginBlocks: 20n,
      ...config,
    },
  )
  watcher.onHead((snapshot) => heard.push(snapshot))
  const stop = new AbortController()
  let running: Promise<void> | undefined

  /** Lets the watcher poll once and think it over. */
  async function look(): Promise<Snapshot | undefined> {
    if (running) wake()
    else running = watcher.run(stop.signal)
    for (let turn = 0; turn < 60; turn++) await new Promise((resolve) => setImmediate(resolve))
    return watcher.snapshot()
  }

  /** A bad block is asked for twice before it is believed to be bad. */
  async function lookTwice(): Promise<Snapshot | undefined> {
    await look()
    return look()
  }

  return {
    watcher,
    look,
    lookTwice,
    said,
    heard,
    /** Looks, and tells what is wrong by name. */
    conditions: async (): Promise<string[]> => ((await lookTwice())?.conditions ?? []).map(({ type }) => type),
    /** Looks, and gives the one condition of a type. */
    condition: async <Type extends ConditionType>(type: Type): Promise<ConditionOf<Type> | undefined> =>
      (await lookTwice())?.conditions.find((condition): condition is ConditionOf<Type> => condition.type === type),
    end: async () => {
      stop.abort()
      wake()
      await running
    },
  }
}

/** {@link watch}, for tests: whoever watches stops when the test ends. */
export function useWatchers(): typeof watch {
  let ends: (() => Promise<void>)[] = []
  afterEach(async () => {
    await Promise.all(ends.map((end) => end()))
    ends = []
  })
  return (...args) => {
    const watched = watch(...args)
    ends.push(watched.end)
    return watched
  }
}

/** What the people of these tests have, oldest first. */
export function unspentIn(ledger: LedgerView): UtxoPos[] {
  const owned = [alice, bob, carol, mallory].flatMap(({ address }) => [...ledger.unspentOf(address)])
  return owned.map(([utxoPos]) => utxoPos).sort((one, other) => (one < other ? -1 : 1))
}

/** Everything of a snapshot that can be compared. */
export function contentOf(snapshot: Snapshot | undefined): unknown {
  if (!snapshot) return undefined
  const { head, foldedTo, conditions, childChain, game, ledger } = snapshot
  return {
    head,
    foldedTo,
    conditions,
    childChain,
    exits: [...game.standardExits],
    inFlightExits: [...game.inFlightExits],
    unspent: unspentIn(ledger).map((utxoPos) => decodeUtxoPos(utxoPos)),
  }
}
