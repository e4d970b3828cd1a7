import type { Deployment } from '../chain/deployment.ts'
import type { Node } from '../chain/node.ts'
import { createChainAccess } from '../chain/transactions.ts'
import type { Config } from '../config.ts'
import { GuardError } from '../lib/errors.ts'
import type { Logger } from '../lib/logger.ts'
import type { Address, Wei } from '../plasma/units.ts'
import { slaMarginOf } from './sla-margin.ts'
import { checkStartUp, type Finding } from './start-up-check.ts'
import { withholdingOf } from './withholding.ts'

/** Measured on contracts v1.0.4 (contracts.md 5), rounded up: the dearest challenge, and a standard exit. */
const GAS = { answer: 1_000_000n, leaving: 400_000n }

type Parts = { node: Node; deployment: Deployment; senders: readonly Address[] }

/** Reads what the start-up check looks at, and checks it. */
export async function examine(config: Config, { node, deployment, senders }: Parts): Promise<Finding[]> {
  const { childChain, watcher, rootChain, mode } = config
  const { minExitPeriod, bonds } = deployment
  const chain = createChainAccess(node)
  const accounts = await Promise.all(
    senders.map(async (address) => ({ address, balance: await chain.balance(address) })),
  )
  return checkStartUp({
    ...{ minExitPeriod, accounts, confirmations: rootChain.confirmations },
    ...(childChain && {
      withholdingSeconds: withholdingOf(childChain, minExitPeriod),
      slaMarginBlocks: slaMarginOf(childChain, minExitPeriod),
    }),
    watcherTrusted: watcher?.trusted === true,
    leaves: mode === 'defend-and-exit',
    answerBill: (GAS.answer * config.policy.maxFee) as Wei,
    leavingBill: (GAS.leaving * config.policy.maxFee + bonds.standardExit) as Wei,
  })
}

/**
 * Tells what was found.
 *
 * @throws {@link UnsafeSettingsError} for what is unsafe and was not accepted.
 */
export function judgeFindings(
  findings: readonly Finding[],
  { accepted, log }: { accepted: readonly string[]; log: Logger },
): void {
  const refused = findings.filter(({ name, unsafe }) => unsafe && !accepted.includes(name))
  if (refused.length > 0) throw new UnsafeSettingsError(refused)
  for (const { name, message, remedy, unsafe } of findings)
    log.warn({ name, remedy }, `${unsafe ? 'risk accepted' : 'start-up check'}: ${message}`)
}

/** The guard would start, and lose money some day. */
class UnsafeSettingsError extends GuardError {
  override readonly code = 'UNSAFE_SETTINGS'

  constructor(refused: readonly Finding[]) {
    const each = refused.map(({ name, message, remedy }) => `- ${name}: ${message} ${remedy}`)
    const names = refused.map(({ name }) => name)
    const flags = names.map((name) => `--accept-risk ${name}`).join(' ')
    super(`These settings are unsafe:\n${each.join('\n')}\nWhoever knows better starts with ${flags}.`, {
      names: names.join(' '),
    })
  }
}
