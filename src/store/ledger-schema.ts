import type Sqlite from 'better-sqlite3'

/** What brings a store from one version to the next. The first one makes it. */
export type Migration = string

/**
 * In order, for ever: a store that was made by an earlier program goes through those that it has not seen. Amounts that
 * may not fit an SQLite integer, and hashes, are text; rows of the child chain have numbers of their own (`keys.ts`).
 */
export const migrations: readonly Migration[] = [
  `create table meta (name text primary key, value text not null) strict, without rowid;
  insert into meta values ('cursor', '0'), ('owners_to', '0');

  -- The root chain, as it was read.
  create table tips (number integer primary key, hash text not null, timestamp integer not null) strict;
  create table events (
    id integer primary key, height integer not null, type text not null, payload text not null
  ) strict;
  create index events_by_height on events (height);
  create index exit_game_events on events (id) where type not in ('BlockSubmitted', 'DepositCreated');
  create index steps on events (id) where type in ('BlockSubmitted', 'ExitFinalized', 'InFlightExitWithdrawn');
  create table unreadable (
    id integer primary key, height integer not null, tx_hash text not null, what text not null
  ) strict;
  create table submissions (
    blknum integer primary key, root text not null, timestamp integer not null, height integer not null
  ) strict;
  create index submissions_by_height on submissions (height);

  -- The child chain, as far as it was applied. A deposit stands in outputs too; its bytes stand here.
  create table deposits (
    blknum integer primary key, timestamp integer not null, height integer not null, raw blob
  ) strict;
  create index deposits_by_height on deposits (height);
  create table blocks (
    blknum integer primary key, event integer not null, transactions integer not null, nodes blob not null
  ) strict;
  create table transactions (place integer primary key, bytes blob not null) strict;
  create table outputs (place integer primary key, packed blob not null) strict;
  -- By the input of a transaction, or by the exit that was paid at a root chain height.
  create table spends (output integer primary key, input integer, height integer) strict;
  create index spends_by_exits on spends (height) where height is not null;
  -- Outputs by owner, spent ones too: those of deposits, and of blocks up to a number in meta.
  create table owners (
    owner integer not null, output integer not null, primary key (owner, output)
  ) strict, without rowid;

  -- What was seen outside applied blocks.
  create table sightings (id integer primary key, digest blob not null unique, bytes blob not null) strict;
  create table sighted_inputs (
    output integer not null, sighting integer not null, primary key (output, sighting)
  ) strict, without rowid;
  create table missing (
    blknum integer not null, root text not null, since integer not null, primary key (blknum, root)
  ) strict, without rowid;
  create table rejected (
    blknum integer not null, root text not null, hash text not null, number text not null,
    transactions blob not null, primary key (blknum, root)
  ) strict;`,
]

/** Brings a store up to date, one transaction a step. Returns false when it is newer than this program. */
export function migrate(database: Sqlite.Database, steps: readonly Migration[] = migrations): boolean {
  const version = versionOf(database)
  for (const [at, step] of steps.entries()) {
    if (at < version) continue
    database.transaction(() => {
      database.exec(step)
      database.pragma(`user_version = ${at + 1}`)
    })()
  }
  return version <= steps.length
}

export function versionOf(database: Sqlite.Database): number {
  return Number(database.pragma('user_version', { simple: true }))
}
