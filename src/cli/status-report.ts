import type { Wei } from '../plasma/units.ts'
import { ether, spanText, table } from './exit-report.ts'
import type { GuardStatus, ObligationStatus, TransactionStatus } from '../guard/guard-status.ts'

/** How a guard stands, as a page of text. */
export function statusText(status: GuardStatus): string {
  const { obligations, transactions, alarms, blind } = status
  const said = alarms.map(({ level, kind, message }) => [level, kind, message])
  return [
    ...headLines(status).map((line) => `${line}\n`),
    ...blind.map((message) => `blind: ${message}\n`),
    section('obligations', OBLIGATION_HEAD, obligations.map(obligationRow)),
    section('transactions under way', TRANSACTION_HEAD, transactions.map(sentRow)),
    section('alarms', ['level', 'alarm', 'message'], said),
  ].join('')
}

function headLines({ mode, gate, accounts, root_chain: root, child_chain: child, leaving }: GuardStatus): string[] {
  const { height, judged_height: judged, lag } = root
  const node = height === undefined ? 'the node does not answer' : `block ${height}`
  const seen = judged === undefined ? 'nothing is judged yet' : `judged to ${judged} (${lag ?? '?'} behind)`
  const because = leaving.because === undefined ? '' : ` (${leaving.because})`
  return [
    `mode ${mode}, ${gate}, accounts: ${accounts.length === 0 ? 'none' : accounts.join(' ')}`,
    `root chain ${root.chain_id}: ${node}, ${seen}`,
    ...(child ? [childLine(child)] : []),
    `leaves the chain by itself: ${leaving.allowed ? 'yes' : `no${because}`}`,
  ]
}

function childLine({ validated_blknum: validated, mined_blknum: mined, bad_since_blknum: bad }: Child): string {
  const trust = bad === undefined ? '' : `, NOT TRUSTED from block ${bad} on`
  return `child chain: verified to ${validated ?? 'nothing'} of ${mined ?? 'nothing'}${trust}`
}

type Child = NonNullable<GuardStatus['child_chain']>

const OBLIGATION_HEAD = ['left', 'event', 'of', 'at stake', 'state', 'tries', 'transaction']
const TRANSACTION_HEAD = ['purpose', 'account', 'nonce', 'transaction']

function obligationRow(obligation: ObligationStatus): string[] {
  const { event, exit_id: exitId, blknum, side, index, stake, own, attempts, reason, state } = obligation
  const piece = side === undefined ? '' : ` ${side} ${String(index)}`
  const worth = stake === undefined ? '?' : ether(BigInt(stake) as Wei)
  return [
    leftText(obligation.seconds_left),
    event,
    exitId === undefined ? `block ${String(blknum)}` : `exit ${exitId}${piece}`,
    `${worth}${own ? ' own' : ''}`,
    reason === undefined ? state : `${state} (${reason})`,
    attempts.toString(),
    obligation.transactions.at(-1)?.tx_hash ?? '-',
  ]
}

function sentRow({ purpose, account, nonce, tx_hash: txHash }: TransactionStatus): string[] {
  return [purpose, account, nonce.toString(), txHash ?? '-']
}

function leftText(left: string | undefined): string {
  if (left === undefined) return '-'
  const seconds = BigInt(left)
  return seconds < 0n ? `over for ${spanText(-seconds)}` : spanText(seconds)
}

function section(what: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const title = `${rows.length === 0 ? 'no' : String(rows.length)} ${what}`
  return rows.length === 0 ? `\n${title}\n` : `\n${title}:\n${table(head, rows)}`
}
