import { callsOf, costOf, type PlannedCall } from '../exit-game/exit-plan-cost.ts'
import { isEmpty, type ExitPlan, type Obstacle } from '../exit-game/exit-plan.ts'
import { ETH, type Timestamp, type Wei } from '../plasma/units.ts'
import type { Bonds } from '../tasks/task.ts'

/** What a plan is printed with: the contract's bonds, the price of gas, and the root chain's clock. */
export type Prices = { bonds: Bonds; feePerGas: Wei; now: Timestamp }

/** Why money stays behind, for a person. */
const REASONS: Readonly<Record<Obstacle, string>> = {
  fee_output: "an operator's fee output cannot exit; it has to be spent to a payment first",
  not_provable: 'nothing here proves that a block holds it',
  bad_block: 'it lies in the bad block or behind it',
  exit_was_challenged: 'an exit of it was challenged: somebody holds a signature that spends it',
  signed_away: 'its owner has signed it away, and the transaction that spends it cannot be exited',
  input_not_provable:
    'an input of its transaction lies in no block that can be proven; of a chain only the first transaction can exit',
  signature_missing: 'the transaction lacks the signature of another input',
  creates_money: 'the transaction creates more than it spends, and the contract refuses it',
  somebody_elses: 'the transaction is somebody else’s: its output joins when its sender starts the exit',
  competes: 'another own transaction spends the same input, and two exits of it would cost both bonds',
  not_canonical: 'another transaction of an input stands in an older block, so only inputs are paid',
  input_signed_twice: 'its owner has signed it away twice: either signature would challenge it',
  output_spent: 'a later own transaction spends it, as far as can be told',
  phase_one_over: 'the first phase of its in-flight exit is over',
  nothing_to_join: 'nothing of its transaction could join an exit',
}

/** A plan for a program: amounts and positions as decimal strings, chain seconds as decimal strings. */
export function planJson(plan: ExitPlan, prices: Prices): Record<string, unknown> {
  const calls = callsOf(plan, prices.bonds)
  const { bonds, fees } = costOf(calls, prices.feePerGas)
  return {
    now: String(prices.now),
    bonds: String(bonds),
    fees: String(fees),
    calls: calls.map((call) => ({
      call: call.functionName,
      ...(call.exitId === undefined ? {} : { exit_id: String(call.exitId) }),
      ...(call.index === undefined ? {} : { index: call.index }),
      ...(call.output === undefined ? {} : amountJson(call.output)),
      ...(call.token === undefined ? {} : { currency: call.token }),
      bond: String(call.bond),
      fee: String(call.gas * prices.feePerGas),
      ...(call.deadline === undefined ? {} : { deadline: String(call.deadline) }),
    })),
    unsaveable: plan.unsaveable.map(({ output, because, ...where }) => ({
      ...('utxoPos' in where ? { utxo_pos: String(where.utxoPos) } : { txhash: where.txHash, index: where.index }),
      ...amountJson(output),
      because,
      reason: REASONS[because],
    })),
    exiting: plan.exiting.map(String),
  }
}

function amountJson({ amount, currency, owner }: { amount: Wei; currency: string; owner: string }) {
  return { amount: String(amount), currency, owner }
}

/** A plan for a person. */
export function planText(plan: ExitPlan, prices: Prices): string {
  const calls = callsOf(plan, prices.bonds)
  const { bonds, fees } = costOf(calls, prices.feePerGas)
  const parts = [
    isEmpty(plan)
      ? 'There is nothing to bring home.\n'
      : table(
          ['', 'call', 'amount', 'token', 'bond', 'gas, about', 'deadline'],
          calls.map((call, at) => [String(at + 1), ...row(call, prices)]),
        ) + `\nBonds ${ether(bonds)}, which come back when nobody challenges; gas about ${ether(fees)}.\n`,
  ]
  if (plan.exiting.length > 0) parts.push(`\nOn their way already: ${plan.exiting.length} standard exits.\n`)
  if (plan.unsaveable.length > 0) parts.push(`\nCannot be saved:\n${plan.unsaveable.map(leftText).join('')}`)
  return parts.join('')
}

function row({ functionName, output, token, index, bond, gas, deadline }: PlannedCall, prices: Prices): string[] {
  return [
    index === undefined ? functionName : `${functionName} ${index}`,
    output ? amountText(output) : '',
    tokenText(output?.currency ?? token),
    bond === 0n ? '' : ether(bond),
    ether((gas * prices.feePerGas) as Wei),
    deadline === undefined ? 'as soon as possible' : deadlineText(deadline, prices.now),
  ]
}

function leftText({ output, because, ...where }: ExitPlan['unsaveable'][number]): string {
  const place = 'utxoPos' in where ? `output ${where.utxoPos}` : `output ${where.index} of transaction ${where.txHash}`
  const token = output.currency === ETH ? '' : ` of ${output.currency}`
  return `  ${amountText(output)}${token}, ${place}: ${REASONS[because]}\n`
}

function amountText({ amount, currency }: { amount: Wei; currency: string }): string {
  return currency === ETH ? ether(amount) : `${amount} units`
}

function tokenText(currency: string | undefined): string {
  if (currency === undefined) return ''
  return currency === ETH ? 'ether' : currency
}

/** Without rounding: 1 ETH is 10^18 wei. */
export function ether(wei: Wei): string {
  const digits = wei.toString().padStart(19, '0')
  const fraction = digits.slice(-18).replace(/0+$/, '')
  return `${digits.slice(0, -18)}${fraction === '' ? '' : `.${fraction}`} ETH`
}

/** Chain time, in UTC, and what is left of it. */
export function deadlineText(deadline: Timestamp, now: Timestamp): string {
  const at = new Date(Number(deadline) * 1000).toISOString().replace('.000', '')
  const left = deadline - now
  return left < 0n ? `${at} (over for ${spanText(-left)})` : `${at} (in ${spanText(left)})`
}

/** A span of time in its two greatest units. */
export function spanText(seconds: bigint): string {
  const units = [
    ['d', 86_400n],
    ['h', 3_600n],
    ['min', 60n],
    ['s', 1n],
  ] as const
  const at = units.findIndex(([, length]) => seconds >= length)
  const [first, second] = units.slice(Math.max(at, 0))
  if (at < 0 || !first) return '0 s'
  const rest = second ? (seconds % first[1]) / second[1] : 0n
  return `${seconds / first[1]} ${first[0]}${second && rest > 0n ? ` ${rest} ${second[0]}` : ''}`
}

/** Columns as wide as they must be. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((cells) => cells[at]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `${cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd()}\n`
  return [head, ...rows].map(line).join('')
}
