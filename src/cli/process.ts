import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { packageRoot } from '../config.ts'
import { compileProcess as compile } from '../engine/compile.ts'
import { formatFinding, type Finding } from '../engine/finding.ts'
import { graphOfGenerationA } from '../engine/graph-of-generation-a.ts'
import { graphOfGenerationB } from '../engine/graph-of-generation-b.ts'
import { lintFiles } from '../engine/lint.ts'
import { parseProcess } from '../engine/process-definition.ts'
import { lintService } from '../engine/service.ts'
import { GuardError } from '../lib/errors.ts'

type Write = (text: string) => void

/** `plasma-guard process lint` and `plasma-guard process compile` */
export function processCommand(): Command {
  const write = (text: string) => process.stdout.write(text)
  const lint = new Command('lint')
    .description('says what would keep process files and mesg.yml from running alike on every MESG engine')
    .argument('<file...>', 'process files')
    .option('--service <file>', 'the service that they use', defaultService)
    .option('--json', 'one JSON array instead of lines')
    .action((files: string[], options: { service: string; json?: boolean }) => {
      process.exitCode = lintProcesses(files, {
        write,
        service: options.service,
        format: options.json ? 'json' : 'text',
      })
    })
  const compileOne = new Command('compile')
    .description('prints the graph of nodes and edges that an engine runs, as JSON')
    .argument('<file>', 'a process file')
    .option('--env <NAME=value...>', 'values for $(env:NAME)', [])
    .addOption(
      new Option(
        '--generation <a|b>',
        'as compiler 0.2.0 (a: engines v0.18 to v0.20) or 0.3.1 (b: v0.21 to v0.26) creates it',
      ).choices(['a', 'b']),
    )
    .option('--instance-hash <hash>', 'the instance that all steps run on; left out, a placeholder')
    .action((file: string, options: CompileOptions) => {
      process.exitCode = compileProcess(file, { write, ...options })
    })
  return new Command('process').description('works with process files').addCommand(lint).addCommand(compileOne)
}

const defaultService = join(packageRoot, 'mesg.yml')

/**
 * Lints process files together, and the service definition that they use.
 *
 * @returns The exit code: 1 when there is anything to say.
 */
export function lintProcesses(
  files: readonly string[],
  { write, service = defaultService, format = 'text' }: { write: Write; service?: string; format?: 'text' | 'json' },
): number {
  const linted = lintService(service, read(service))
  const processes = files
    .filter((file) => resolve(file) !== resolve(service))
    .map((file) => ({ file, text: read(file) }))
  const findings = [...linted.findings, ...lintFiles(processes, linted.service, leadsToService)]
  write(format === 'json' ? `${JSON.stringify(findings)}\n` : asLines(findings, processes.length))
  return findings.length > 0 ? 1 : 0
}

type CompileOptions = { env?: readonly string[]; generation?: 'a' | 'b'; instanceHash?: string }

/**
 * Prints the graph of a process: as the embedded engine runs it, or as a generation of compilers creates it.
 *
 * @param env - `NAME=value`, as the MESG command line takes them.
 * @throws InvalidProcessError, MissingVariableError as the file makes necessary.
 */
export function compileProcess(
  file: string,
  { write, env = [], generation, instanceHash = PLACEHOLDER }: CompileOptions & { write: Write },
): number {
  if (instanceHash !== PLACEHOLDER && !BASE58_HASH.test(instanceHash)) throw new InvalidHashError(instanceHash)
  const environment = Object.fromEntries(env.map(entryOf))
  const graph = compile(parseProcess(file, read(file), environment))
  const rendered = generation === undefined ? graph : RENDERINGS[generation](graph, instanceHash)
  write(`${JSON.stringify(rendered, undefined, 2)}\n`)
  return 0
}

const RENDERINGS = { a: graphOfGenerationA, b: graphOfGenerationB }
const PLACEHOLDER = '<instance hash>'
/** What 32 bytes can look like. */
const BASE58_HASH = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/

/** Only the first `=` divides: what stands behind it is the value. */
function entryOf(entry: string): [string, string] {
  const at = entry.indexOf('=')
  return at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)]
}

function leadsToService(file: string, src: string): boolean {
  return ['mesg.yml', 'Dockerfile'].every((name) => existsSync(resolve(dirname(file), src, name)))
}

function asLines(findings: readonly Finding[], files: number): string {
  if (findings.length === 0) return `${files} process ${files === 1 ? 'file' : 'files'}, nothing to say\n`
  return findings.map((finding) => `${formatFinding(finding)}\n`).join('')
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UnreadableFileError(file, error)
  }
}

/** A file named on the command line that is not there, or that this user may not read. */
class UnreadableFileError extends GuardError {
  override readonly code = 'UNREADABLE_FILE'

  constructor(file: string, cause: unknown) {
    super(`${file} cannot be read.`, { file }, { cause })
  }
}

/** A hash that no engine can have given. */
class InvalidHashError extends GuardError {
  override readonly code = 'INVALID_HASH'

  constructor(hash: string) {
    super(`${hash} is not the base58 hash of an instance.`, { hash })
  }
}
