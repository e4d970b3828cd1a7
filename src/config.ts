import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { GuardError } from './lib/errors.ts'
import { isSecret, secret, type Secret } from './lib/secret.ts'
import type { Address, Seconds, Wei } from './plasma/units.ts'

/** The folder that holds `package.json`, `mesg.yml` and `processes/`, from the sources and from `dist/` alike. */
export const packageRoot = resolve(
  dirname(fileURLToPath(import.meta.url)),
  import.meta.url.endsWith('.ts') ? '..' : '../..',
)

const url = z.url({ protocol: /^https?$/, error: 'expected an http(s) URL' })
const address = z
  .string('expected a 20-byte 0x address in quotes')
  .regex(/^0x[0-9a-fA-F]{40}$/, 'expected a 20-byte 0x address in quotes')
  .transform((text) => text.toLowerCase() as Address)
const positive = z.number().int().positive()

/** Only the environment can name a key itself: no file's text ever becomes a {@link Secret}. */
const privateKey = z.custom<Secret>(
  (value) => isSecret(value) && /^(0x)?[0-9a-fA-F]{64}$/.test(value.reveal()),
  'PRIVATE_KEY must be 32 bytes of hex',
)
const account = z.union(
  [z.strictObject({ keystore: z.string(), passwordFile: z.string() }), z.strictObject({ privateKey })],
  {
    error: ({ input }) =>
      isPrivateKeyAccount(input)
        ? 'PRIVATE_KEY must be 32 bytes of hex'
        : 'expected { keystore: FILE, passwordFile: FILE }',
  },
)

function isPrivateKeyAccount(input: unknown): boolean {
  return typeof input === 'object' && input !== null && 'privateKey' in input && isSecret(input.privateKey)
}

/** Ether as text: a number of YAML would be rounded. */
const ether = z
  .string('expected ether as text in quotes, such as "0.5"')
  .regex(/^\d{1,9}(\.\d{1,18})?$/, 'expected ether as text in quotes, such as "0.5"')
  .transform((text) => {
    const [whole = '', part = ''] = text.split('.')
    return BigInt(whole + part.padEnd(18, '0')) as Wei
  })
const gwei = positive.transform((amount) => (BigInt(amount) * 10n ** 9n) as Wei)

/**
 * What answers may cost.
 *
 * - `maxFeeGwei` (1000): most wei per gas, in gwei. Own money that is at stake may pay more, up to all of it.
 * - `floorFeeGwei` (100): what any answer may pay, however little is at stake: a challenge wins a bond.
 * - `stakeShare` (50): percent of what others have at stake that an answer for them may cost in gas.
 * - `gasPerDay` ("5"): ether for gas in a day of chain time. What saves own money is sent beyond it as long as its gas
 *   is less than what it saves; it counts all the same.
 * - `lockedBonds` ("20"): ether that may lie in bonds at a time. A bond counts for two exit periods from its posting.
 *   An answer that posts none needs no room.
 * - `finalAfterBlocks` (64): depth from which no reorganisation is expected, where the node's own word does not come
 *   first. Until then an answer whose block disappears is sent again.
 *
 * An answer that a budget has no room for ends as `refused`, with an alarm.
 */
const policy = z
  .strictObject({
    maxFeeGwei: gwei.prefault(1_000),
    floorFeeGwei: gwei.prefault(100),
    stakeShare: z.number().int().min(1).max(100).default(50).transform(BigInt),
    gasPerDay: ether.prefault('5'),
    lockedBonds: ether.prefault('20'),
    finalAfterBlocks: positive.default(64),
  })
  .transform(({ maxFeeGwei, floorFeeGwei, ...rest }) => ({ ...rest, maxFee: maxFeeGwei, floorFee: floorFeeGwei }))
  .refine(({ maxFee, floorFee }) => floorFee <= maxFee, {
    path: ['floorFeeGwei'],
    error: 'must not be above maxFeeGwei',
  })

/** How far the guard may go by itself. */
const mode = z.enum(['observe', 'advise', 'defend', 'defend-and-exit'])

const schema = z
  .strictObject({
    rootChain: z.strictObject({
      urls: z.array(url).min(1),
      plasmaFramework: address,
      confirmations: positive.default(1),
    }),
    watcher: z.strictObject({ url, trusted: z.boolean().default(false) }).optional(),
    childChain: z
      .strictObject({
        url,
        withholdingSeconds: positive.default(54_000).transform((seconds) => BigInt(seconds) as Seconds),
        slaMarginBlocks: positive.transform(BigInt).optional(),
      })
      .optional(),
    accounts: z.array(account).default([]),
    mode: mode.default('defend'),
    policy: policy.prefault({}),
    processes: z.string().optional(),
    data: z.string().default('./data'),
  })
  .refine((config) => config.watcher ?? config.childChain, {
    path: ['watcher'],
    error: 'set watcher.url, childChain.url or both: the guard must see the child chain somewhere',
  })
  .refine((config) => config.accounts.length > 0 || config.mode === 'observe' || config.mode === 'advise', {
    path: ['accounts'],
    error: 'modes defend and defend-and-exit need an account: a keystore with its password file, or PRIVATE_KEY',
  })

/** Everything read from outside, in one place. Paths are absolute; defaults are in. */
export type Config = Readonly<z.output<typeof schema> & { processes: string }>
export type Account = Config['accounts'][number]
export type Mode = z.output<typeof mode>

/**
 * Reads `guard.yml` and the environment; a variable wins over the file, an empty one counts as not set. Relative paths
 * start at the file's folder. A missing file is an empty one when the environment says enough.
 *
 * @throws {@link InvalidConfigError} naming every bad field at once.
 */
export function loadConfig(file: string, environment: Readonly<Record<string, string | undefined>>): Config {
  const path = resolve(file)
  const parsed = schema.safeParse(withEnvironment(readYaml(path), environment))
  if (!parsed.success) throw new InvalidConfigError(path, z.prettifyError(parsed.error), parsed.error.issues.length)
  const from = (relative: string) => resolve(dirname(path), relative)
  const config = parsed.data
  return {
    ...config,
    accounts: config.accounts.map((each) =>
      'keystore' in each ? { keystore: from(each.keystore), passwordFile: from(each.passwordFile) } : each,
    ),
    processes: config.processes === undefined ? resolve(packageRoot, 'processes') : from(config.processes),
    data: from(config.data),
  }
}

function readYaml(path: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw new InvalidConfigError(path, `cannot be read: ${(error as Error).message}`, 1)
  }
  // Hex and large integers must not become rounded numbers before the schema has seen them.
  const document = parseDocument(text, { schema: 'core', intAsBigInt: false })
  const [problem] = document.errors
  if (problem) throw new InvalidConfigError(path, problem.message, document.errors.length)
  return document.toJS({ maxAliasCount: 20 }) ?? {}
}

const variables: Readonly<Record<string, (value: string) => [path: [string, string?], value: unknown]>> = {
  PROVIDER_ENDPOINT: (value) => [['rootChain', 'urls'], value.split(',')],
  PLASMA_ADDRESS: (value) => [['rootChain', 'plasmaFramework'], value],
  WATCHER_URL: (value) => [['watcher', 'url'], value],
  CHILDCHAIN_URL: (value) => [['childChain', 'url'], value],
  PRIVATE_KEY: (value) => [['accounts'], [{ privateKey: secret(value) }]],
}

function withEnvironment(raw: unknown, environment: Readonly<Record<string, string | undefined>>): unknown {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return raw
  const merged: Record<string, unknown> = { ...raw }
  for (const [name, place] of Object.entries(variables)) {
    const value = environment[name]
    if (!value) continue
    const [[section, field], setting] = place(value)
    merged[section] = field === undefined ? setting : { ...(merged[section] as object | undefined), [field]: setting }
  }
  return merged
}

export class InvalidConfigError extends GuardError {
  override readonly code = 'INVALID_CONFIG'

  constructor(path: string, problems: string, issues: number) {
    super(`Invalid configuration ${path}:\n${problems}`, { path, issues })
  }
}
