import { textOf, type Ran, type NamedEvent } from '../guard/answer-by-hand.ts'
import type { Advice } from '../guard/advise.ts'
import type { Timestamp } from '../plasma/units.ts'
import { deadlineText, ether } from './exit-report.ts'

/** What the processes of one event would do. */
export type Rehearsal = { event: NamedEvent; advised: readonly Advice[]; ran: Ran }

/** What a call achieves, for a person. */
const EFFECTS: Readonly<Record<string, string>> = {
  challengeStandardExit: 'ends the exit: it pays nothing, and its bond is yours',
  challengeInFlightExitNotCanonical:
    'only the inputs are paid out; its bond is yours at processing, unless somebody answers',
  respondToNonCanonicalChallenge: 'the transaction is canonical again: its outputs are paid out',
  challengeInFlightExitInputSpent: 'this input is not paid out, and the bond of its piggyback is yours',
  challengeInFlightExitOutputSpent: 'this output is not paid out, and the bond of its piggyback is yours',
  piggybackInFlightExitOnInput: 'your input is paid out with the exit; the bond comes back unless somebody challenges',
  piggybackInFlightExitOnOutput:
    'your output is paid out with the exit; the bond comes back unless somebody challenges',
  startInFlightExit: 'the exit of a transaction begins; piggybacks follow when it is mined, each with its bond',
  startStandardExit: 'your output leaves the chain; the bond comes back unless somebody challenges',
  addExitQueue: 'exits of this token can be queued',
  processExits: 'exits that have matured are paid out',
  deleteNonPiggybackedInFlightExit: 'the exit is deleted, and its bond comes back',
}

/** For a program: amounts, gas and seconds as decimal strings. */
export function rehearsalJson({ event, advised, ran }: Rehearsal): Record<string, unknown> {
  return {
    event: event.key,
    data: event.data,
    calls: advised.map((advice) => ({
      ...{ call: advice.purpose, from: advice.from, to: advice.to, data: advice.data, bond: String(advice.value) },
      ...(advice.lacking ? { lacking_funds: true } : { gas: String(advice.gas), fee: String(advice.cost) }),
      ...(advice.deadline === undefined ? {} : { deadline: String(advice.deadline) }),
      effect: EFFECTS[advice.purpose] ?? '',
    })),
    outcomes: ran.outcomes,
    failures: ran.failures,
  }
}

/** For a person. */
export function rehearsalText({ event, advised, ran }: Rehearsal, now: Timestamp): string {
  const nothing = advised.length === 0 ? '  nothing is to be sent\n' : ''
  return `${event.key}${aboutText(event)}:\n${advised.map((advice) => adviceText(advice, now)).join('')}${ranText(ran)}${nothing}`
}

function aboutText({ data }: NamedEvent): string {
  const { exit_id: exitId, blknum, side, index } = data
  const what = exitId === undefined ? ['block', blknum] : ['exit', exitId]
  return ` of ${[...what, side, index].flatMap((part) => (part === undefined ? [] : textOf(part))).join(' ')}`
}

function adviceText(advice: Advice, now: Timestamp): string {
  const { purpose, from, to, data, value, deadline } = advice
  const lines = [
    ['effect', EFFECTS[purpose] ?? 'unknown'],
    ['from', from],
    ['to', to],
    ['bond', ether(value)],
    [
      'gas, about',
      advice.lacking ? 'the account cannot pay for it' : `${ether(advice.cost)} (${String(advice.gas)} gas)`,
    ],
    ['deadline', deadline === undefined ? 'as soon as possible' : deadlineText(deadline, now)],
    ['data', data],
  ]
  return `  ${purpose}\n${lines.map(([name = '', text = '']) => `    ${name.padEnd(10)}  ${text}\n`).join('')}`
}

/** How it ended. */
export function ranText({ outcomes, failures }: Ran): string {
  const ended = outcomes.map(({ task, outcome, reason, tx_hash: txHash }) => {
    const hash = txHash === undefined ? '' : ` (${textOf(txHash)})`
    return `  ${task}: ${textOf(outcome)}, ${textOf(reason)}${hash}\n`
  })
  return [...ended, ...failures.map((failure) => `  failed: ${failure}\n`)].join('')
}
