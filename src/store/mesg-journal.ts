import type { JsonObject } from '../engine/json.ts'
import type { Hex } from '../lib/bytes.ts'
import type { Database } from './database.ts'

type Ending = { outputs: JsonObject } | { error: string }

/** What a service of a MESG engine must not forget: payloads that it has sent, executions that it has ended. */
export function createMesgJournal(database: Database) {
  database.exec(`
    create table if not exists mesg_events (hash text primary key) strict, without rowid;
    create table if not exists mesg_executions (hash text primary key, ending text) strict;
  `)
  const claim = database.prepare('insert or ignore into mesg_events values (?)')
  const select = database.prepare<[string], { ending: string | null }>(
    'select ending from mesg_executions where hash = ?',
  )
  const upsert = database.prepare('insert or replace into mesg_executions values (?, ?)')
  const unreported = database.prepare<[], { hash: Hex; ending: string }>(
    'select hash, ending from mesg_executions where ending is not null order by rowid',
  )
  return {
    sent: { claim: (hash: Hex) => Promise.resolve(claim.run(hash).changes === 1) },
    executions: {
      recall: (execution: Hex) => {
        const row = select.get(execution)
        return Promise.resolve(row && (row.ending === null ? ('reported' as const) : parse(row.ending)))
      },
      /** Nobody asks for the ending of a reported one again. */
      remember: (execution: Hex, ending: Ending | 'reported') => {
        upsert.run(execution, ending === 'reported' ? null : JSON.stringify(ending))
        return Promise.resolve()
      },
      unreported: () =>
        Promise.resolve(unreported.all().map(({ hash, ending }) => ({ execution: hash, ending: parse(ending) }))),
    },
  }
}

function parse(ending: string): Ending {
  return JSON.parse(ending) as Ending
}
