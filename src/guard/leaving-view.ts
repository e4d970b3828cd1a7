import { readExitableUtxos } from '../chain/exitable-utxos.ts'
import { createRemoteWatcher, type RemoteWatcher } from '../chain/remote-watcher.ts'
import type { Config } from '../config.ts'
import type { Terms } from '../exit-game/exit-plan.ts'
import { holdingsOf, type Holdings } from '../exit-game/holdings.ts'
import { GuardError } from '../lib/errors.ts'
import { reasonsToLeave, unconfirmed } from './leaving-trust.ts'
import type { OwnTransaction } from './own-transactions.ts'
import type { Recovery } from '../plasma/recovered-transaction.ts'
import type { Address, Timestamp } from '../plasma/units.ts'
import { readRejected } from './rejected-block.ts'
import { remoteHoldings } from './remote-holdings.ts'
import { LeavingRefusedError, type Cause } from '../tasks/leaving.ts'
import type { RootChain } from '../watcher/root-chain.ts'
import type { Watcher } from '../watcher/watcher.ts'

type Parts = {
  own: ReadonlySet<Address>
  verification: (Pick<Watcher, 'snapshot'> & { recovery: Recovery }) | undefined
  rootChain: Pick<RootChain, 'head' | 'submittedBlock'>
  ownTransactions: () => readonly OwnTransaction[]
}

/** What there is to bring home, and until when: what a plan is made of, but for what the contracts say. */
type View = { holdings: Holdings; terms: Pick<Terms, 'now' | 'firstBad' | 'until'> }

/**
 * Looks at what own accounts have: by our own verification where there is one, else by a Watcher whom the user trusts.
 *
 * @throws {@link NoHoldingsError}, {@link LeavingRefusedError} when there is neither.
 */
export function viewHoldings(config: Config, parts: Parts, cause: Cause | undefined): Promise<View> {
  return config.childChain ? Promise.resolve().then(() => ownView(parts, cause)) : remoteView(config, parts, cause)
}

/** Nothing waits in here: what a snapshot shows is alive. */
function ownView({ own, verification, ownTransactions }: Parts, cause: Cause | undefined): View {
  const snapshot = verification?.snapshot()
  if (!verification || !snapshot) throw new NoHoldingsError('our own verification does not see both chains')
  const { ledger, conditions, head } = snapshot
  const rejected = readRejected(snapshot, { own, recovery: verification.recovery, ledger })
  const { byzantineSince: bad } = snapshot.childChain
  const deadlines = reasonsToLeave(conditions, cause).flatMap(({ deadline }) => deadline ?? [])
  return {
    holdings: holdingsOf(snapshot, { own, archived: ownTransactions(), ...(rejected && { rejected }) }),
    terms: {
      now: head.timestamp,
      ...(bad && { firstBad: { blknum: bad.blknum, timestamp: bad.timestamp } }),
      ...(deadlines.length > 0 && { until: least(deadlines) as Timestamp }),
    },
  }
}

async function remoteView(
  config: Config,
  { own, rootChain, ownTransactions }: Parts,
  cause: Cause | undefined,
): Promise<View> {
  const { watcher } = config
  if (!watcher?.trusted) throw new LeavingRefusedError(cause?.type ?? 'a wish of yours', unconfirmed(config))
  const remote = createRemoteWatcher(watcher)
  const exitableUtxos = (owner: Address) => readExitableUtxos(watcher.url, owner)
  const holdings = await remoteHoldings({ exitableUtxos, remote, own, archived: ownTransactions() })
  const [head, firstBad] = await Promise.all([rootChain.head(), firstBadOf(cause, remote, rootChain)])
  return { holdings, terms: { now: head.timestamp, ...(firstBad && { firstBad }) } }
}

/** The oldest block that somebody calls bad, with the framework's time of it. */
async function firstBadOf(
  cause: Cause | undefined,
  { status }: Pick<RemoteWatcher, 'status'>,
  { submittedBlock }: Pick<RootChain, 'submittedBlock'>,
): Promise<Terms['firstBad']> {
  const answer = await status()
  const reports = (answer.ok ? answer.status.reports : []).flatMap((each) =>
    each.is === 'report' ? [each.report] : [],
  )
  const bad = [...reports, { ...cause }].flatMap((said) => ('blknum' in said ? [said.blknum] : []))
  if (bad.length === 0) return undefined
  const blknum = least(bad)
  const submitted = await submittedBlock(blknum)
  return submitted && { blknum, timestamp: submitted.timestamp }
}

function least(values: readonly bigint[]): bigint {
  return values.reduce((first, each) => (each < first ? each : first))
}

/** What own accounts have cannot be said now. */
class NoHoldingsError extends GuardError {
  override readonly code = 'NO_HOLDINGS'
  override readonly retryable = true

  constructor(why: string) {
    super(`Nobody can say what there is to bring home: ${why}.`, { why })
  }
}
