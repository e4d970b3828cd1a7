import { Command } from 'commander'
import { loadConfig } from '../config.ts'
import type { AuditNote } from '../lib/audit.ts'
import { toJson } from '../lib/json.ts'
import { readAudit } from '../store/audit.ts'
import { openDatabaseReadOnly } from '../store/database.ts'
import { configOption } from './options.ts'

/** `plasma-guard audit` */
export function auditCommand(): Command {
  return new Command('audit')
    .description('prints what was done and decided, when (chain time) and why; works beside a running guard')
    .addOption(configOption())
    .option('--key <text>', 'only what concerns a key that contains this')
    .option('--json', 'one JSON object a line', false)
    .action(({ config, key, json }: { config: string; key?: string; json: boolean }) => {
      const { data } = loadConfig(config, process.env)
      printAudit(data, { key, json, write: (line) => process.stdout.write(line) })
    })
}

type Printing = { key?: string | undefined; json?: boolean; write: (line: string) => void }

/**
 * Prints the book of what happened of a data directory, oldest first.
 *
 * @throws {@link NoJournalError}
 */
export function printAudit(dataDirectory: string, { key, json = false, write }: Printing): void {
  const database = openDatabaseReadOnly(dataDirectory)
  try {
    for (const note of readAudit(database, key)) write(`${json ? jsonOf(note) : lineOf(note)}\n`)
  } finally {
    database.close()
  }
}

function jsonOf({ at, subject, what, reason }: AuditNote): string {
  return toJson({ at, time: timeOf(at), subject, what, reason })
}

function lineOf({ at, subject, what, reason }: AuditNote): string {
  return [timeOf(at), what.padEnd(13), subject, reason].join('  ')
}

/** A chain may be dated anywhere; what no calendar holds stays a number. */
function timeOf(at: bigint): string {
  const date = new Date(Number(at) * 1_000)
  return Number.isNaN(date.getTime()) ? at.toString() : date.toISOString()
}
