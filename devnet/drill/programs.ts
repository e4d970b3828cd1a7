import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Hex } from '../../src/lib/bytes.ts'
import type { Address } from '../../src/plasma/units.ts'
import type { Generation } from '../mesg/double.ts'
import { startGuardEngine } from '../mesg/guard-engine.ts'
import type { Child } from './child.ts'
import type { Ends } from './ends.ts'
import { type GuardFile, remember, startGuard, startWatcher } from './guard-process.ts'
import type { Mode } from './scenario.ts'

/** What differs from the usual guard of the drill. */
export type GuardSettings = {
  /** A Watcher that the drill itself serves, instead of the real one. */
  watcherUrl?: string
  /** Whether the guard takes its Watcher's word for what makes it leave. */
  watcherTrusted?: boolean
  mode?: GuardFile['mode']
  childChain?: Partial<NonNullable<GuardFile['childChain']>>
}

type Surroundings = {
  mode: Mode
  /** The MESG engine that runs the processes; the embedded one, when it is not given. */
  engine?: Generation
  ends: Ends
  signal: AbortSignal
  /** Start of the names of the files that keep what the programs print. */
  logs?: string
  chainUrl: string
  /** Where the guard finds the root chain. */
  gateUrl: string
  operatorUrl: string
  framework: Address
  privateKey: Hex
}

/** The programs under test, at work. */
export type Programs = {
  guard: Child
  /** Hands signed transactions over to the guard, by `plasma-guard remember`. */
  remember: (signedTxs: readonly Uint8Array[]) => Promise<void>
}

/** Starts the programs under test, each in a folder of its own: the guard, and in `remote` mode its Watcher before it. */
export async function startPrograms(at: Surroundings, settings: GuardSettings): Promise<Programs> {
  const { ends, signal, privateKey } = at
  const folder = await mkdtemp(join(tmpdir(), 'plasma-guard-drill-'))
  ends.add('the folder', () => rm(folder, { recursive: true, force: true }))
  const homeOf = (program: string) => ({
    ...{ directory: join(folder, program), signal, ends },
    ...(at.logs !== undefined && { logFile: `${at.logs}-${program}.log` }),
  })
  const childChain = { url: at.operatorUrl, ...settings.childChain }
  const rootChain = (url: string) => ({ urls: [url], plasmaFramework: at.framework })
  let source: Pick<GuardFile, 'watcher' | 'childChain'> = { childChain }
  if (at.mode === 'remote') {
    const home = homeOf('watcher')
    const url = settings.watcherUrl ?? (await startWatcher(home, { rootChain: rootChain(at.chainUrl), childChain }))
    source = { watcher: { url, trusted: settings.watcherTrusted ?? false } }
  }
  const { mode = 'defend' } = settings
  const home = homeOf('guard')
  const engine = at.engine && (await startEngine(at.engine, ends))
  const guard = await startGuard(
    home,
    { rootChain: rootChain(at.gateUrl), ...source, mode },
    { privateKey, ...(engine && { engine }) },
  )
  return {
    guard,
    remember: (signedTxs) => remember(home, signedTxs, privateKey),
  }
}

/** Resolves with the variables that a MESG engine gives its service. */
async function startEngine(generation: Generation, ends: Ends): Promise<Readonly<Record<string, string>>> {
  const engine = await startGuardEngine({ generation })
  ends.add('the engine', engine.close)
  return engine.variables
}
