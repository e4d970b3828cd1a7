import { formatOccurrence } from '../events/identity.ts'
import type { Alarm } from '../lib/alarm.ts'
import type { Address } from '../plasma/units.ts'
import type { Notice } from '../watcher/root-chain.ts'

/** What a person should hear of that the contracts said beside exits and blocks; undefined for what is daily business. */
export function noticeAlarm(notice: Notice, own: ReadonlySet<Address>): Alarm | undefined {
  const said = wordsOf(notice, own)
  const occurrence = formatOccurrence(notice.occurrence)
  return said && { ...said, subject: occurrence, occurrence }
}

function wordsOf(notice: Notice, own: ReadonlySet<Address>): Omit<Alarm, 'subject'> | undefined {
  if ('bondSize' in notice) return bondUpdated(notice)
  if ('receiver' in notice) return own.has(notice.receiver) ? paymentOf(notice) : undefined
  switch (notice.type) {
    case 'VaultRegistered':
      return registered(`vault ${notice.vault} with id ${notice.vaultId}`)
    case 'ExitGameRegistered':
      return registered(`exit game ${notice.exitGame} for transaction type ${notice.txType}`)
    case 'SetDepositVerifierCalled':
      return registered(`deposit verifier ${notice.verifier} of vault ${notice.vault}`)
    default:
      return undefined
  }
}

function registered(what: string): Omit<Alarm, 'subject'> {
  const message = `The operator has registered the ${what}. The guard does not watch it: leave before its quarantine ends unless you trust it.`
  return { kind: 'contract_registered', message, level: 'critical' }
}

function bondUpdated({ type, bondSize }: Extract<Notice, { bondSize: unknown }>): Omit<Alarm, 'subject'> {
  const message = `${type}: the bond will be ${bondSize} wei in two days. The guard reads it anew for each answer.`
  return { kind: 'bond_updated', message, level: 'info' }
}

function paymentOf({
  type,
  receiver,
  amount,
}: Extract<Notice, { receiver: unknown }>): Omit<Alarm, 'subject'> | undefined {
  if (type === 'EthWithdrawn' || type === 'Erc20Withdrawn') return undefined
  const message = `${type}: ${amount} wei did not reach ${receiver}. Look at what that account is: the contract does not try again.`
  return { kind: 'payment_failed', message, level: 'critical' }
}
