import { GuardError } from '../lib/errors.ts'
import type { Database } from './database.ts'

const VERSION = 1

/**
 * `record`: JSON of an intent's record, amounts and heights as decimal strings. A nonce has one holder; `versions` has
 * everything that was ever signed for it. `spending`: what mined transactions cost.
 */
const TABLES = `
  create table intents (
    key text primary key, state text not null, account text, nonce integer, record text not null,
    created_at integer not null
  ) strict;
  create unique index intents_place on intents (account, nonce) where state in ('signed', 'sent', 'mined');
  create index intents_open on intents (created_at) where state in ('planned', 'simulated', 'signed', 'sent', 'mined');
  create table versions (
    id integer primary key, key text not null, account text not null, nonce integer not null, tx_hash text not null unique,
    raw text not null, max_fee text not null, max_tip text not null, signed_at text not null
  ) strict;
  create index versions_place on versions (account, nonce);
  create table spending (tx_hash text primary key, at integer not null, fee text not null, bond text not null) strict;
  create index spending_at on spending (at);
  create table audit (
    id integer primary key autoincrement, at integer not null, subject text not null, what text not null,
    reason text not null
  ) strict;
  create index audit_subject on audit (subject);`

/**
 * Gives the journal the tables of intents and of the audit, and brings those of an earlier version over: in one
 * transaction, so that two programs may do it at once.
 *
 * @throws {@link NewerJournalError}
 */
export function prepareJournal(database: Database): void {
  database
    .transaction(() => {
      const version = Number(database.pragma('user_version', { simple: true }))
      if (version > VERSION) throw new NewerJournalError(version)
      if (version === VERSION) return
      const isOld = database.prepare(`select 1 from sqlite_master where name = 'intents'`).get() !== undefined
      if (isOld) database.exec('drop index if exists intents_nonce; alter table intents rename to intents_0')
      database.exec(TABLES)
      if (isOld) bringOver(database)
      database.pragma(`user_version = ${VERSION}`)
    })
    .immediate()
}

/**
 * Pending transactions go on under their nonces; what we did is final (asked again, the contract is asked); what came to
 * nothing would be begun anew anyway.
 */
function bringOver(database: Database): void {
  database.exec(`
    insert into intents select key,
      case when state <> 'pending' then iif(outcome ->> 'outcome' = 'done_by_us', 'final', outcome ->> 'outcome')
        when accepted = 1 then 'sent' else 'signed' end,
      account, nonce,
      json_object('purpose', purpose, 'to', target, 'data', data, 'value', value, 'from', account, 'reverts', 0,
        'gas', cast(gas as text), 'outcome', json(outcome), 'updatedAt', cast(updated_at as text)),
      created_at
      from intents_0 where state = 'pending' or outcome is not null;
    insert into versions (key, account, nonce, tx_hash, raw, max_fee, max_tip, signed_at)
      select intents_0.key, account, nonce, each.value ->> 'txHash', each.value ->> 'raw', each.value ->> 'maxFeePerGas',
        each.value ->> 'maxPriorityFeePerGas', each.value ->> 'signedAt'
      from intents_0, json_each(versions) as each where true
      on conflict (tx_hash) do nothing;
    insert into audit (at, subject, what, reason) select updated_at, key,
      case state when 'pending' then 'sent' else 'final' end, 'brought over from the first version of the journal'
      from intents_0 where state = 'pending' or outcome is not null;
    drop table intents_0`)
}

/** The journal was written by a program that knows more. */
class NewerJournalError extends GuardError {
  override readonly code = 'NEWER_JOURNAL'

  constructor(version: number) {
    super(`The journal has version ${version}, written by a newer plasma-guard: use that one.`, { version })
  }
}
