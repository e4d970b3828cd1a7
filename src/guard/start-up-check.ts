import type { Address, Seconds, Wei } from '../plasma/units.ts'

/** The slowest that root chain blocks come for long. */
const BLOCK_SECONDS = 15n

/** What a start-up check looks at. */
export type StartUpFacts = {
  minExitPeriod: Seconds
  confirmations: number
  /** Of our own verification; absent where there is none. */
  withholdingSeconds?: Seconds
  slaMarginBlocks?: bigint
  watcherTrusted: boolean
  leaves: boolean
  /** The accounts that send, and what they have. */
  accounts: readonly { address: Address; balance: Wei }[]
  /** Wei that the dearest answer costs at the highest price that may be paid. */
  answerBill: Wei
  /** Wei that leaving with one output takes at that price, with its bond. */
  leavingBill: Wei
}

/**
 * Something about a configuration that a person should know before the guard starts. `unsafe`: it would lose money some
 * day, whatever happens, so the guard does not start unless the person has accepted the risk by its name. Anything else
 * may be better tomorrow, and a guard that does not start is worse: it is told.
 */
export type Finding = { name: string; unsafe: boolean; message: string; remedy: string }

/** Every finding, the unsafe ones first. */
export function checkStartUp(facts: StartUpFacts): Finding[] {
  const found = [...periods(facts), ...trust(facts), ...purses(facts)]
  return [...found.filter(({ unsafe }) => unsafe), ...found.filter(({ unsafe }) => !unsafe)]
}

function periods({ minExitPeriod, confirmations, withholdingSeconds, slaMarginBlocks }: StartUpFacts) {
  const found: Finding[] = []
  const period = `${String(minExitPeriod)} s`
  const mostConfirmations = minExitPeriod / 4n / BLOCK_SECONDS
  if (BigInt(confirmations) > mostConfirmations)
    found.push({
      ...{ name: 'late-confirmations', unsafe: true },
      message: `An event is answered after ${String(confirmations)} confirmations, which may take more than half of the ${String(minExitPeriod / 2n)} s in which an in-flight exit can be challenged.`,
      remedy: `Set rootChain.confirmations to ${String(mostConfirmations)} or less.`,
    })
  if (withholdingSeconds !== undefined && withholdingSeconds * 4n > minExitPeriod * 3n)
    found.push({
      ...{ name: 'late-withholding', unsafe: true },
      message: `A block counts as withheld after ${String(withholdingSeconds)} s, and after an exit period of ${period} it is too late to leave because of it.`,
      remedy: `Set childChain.withholdingSeconds to ${String(minExitPeriod / 2n)} or less.`,
    })
  if (slaMarginBlocks !== undefined && slaMarginBlocks * BLOCK_SECONDS * 4n > minExitPeriod * 3n)
    found.push({
      ...{ name: 'late-margin', unsafe: true },
      message: `An invalid exit is overdue after ${String(slaMarginBlocks)} blocks of up to ${String(BLOCK_SECONDS)} s, which leaves less than a quarter of the exit period of ${period} to leave in.`,
      remedy: `Set childChain.slaMarginBlocks to ${String(minExitPeriod / 2n / BLOCK_SECONDS)} or less.`,
    })
  return found
}

function trust({ leaves, withholdingSeconds, watcherTrusted }: StartUpFacts): Finding[] {
  if (!leaves || withholdingSeconds !== undefined || watcherTrusted) return []
  return [
    {
      ...{ name: 'never-leaves', unsafe: false },
      message:
        'The mode is defend-and-exit, but nothing that the guard believes could tell it to leave: it does not verify the chain itself, and the Watcher is not trusted.',
      remedy: 'Set childChain.url, or watcher.trusted: true, or mode: defend.',
    },
  ]
}

function purses({ accounts, answerBill, leavingBill, leaves }: StartUpFacts): Finding[] {
  return accounts.flatMap(({ address, balance }, at): Finding[] => {
    // The first account challenges; the others only send what is about their own money.
    const bill = (at === 0 ? answerBill : 0n) + (leaves ? leavingBill : 0n)
    if (balance >= bill) return []
    return [
      {
        ...{ name: 'low-balance', unsafe: false },
        message: `${address} has ${String(balance)} wei, and ${leaves ? 'an answer and leaving with one output' : 'one answer'} may take ${String(bill)} wei at the highest price that the guard pays.`,
        remedy: `Send it ${String(bill - balance)} wei or more.`,
      },
    ]
  })
}
