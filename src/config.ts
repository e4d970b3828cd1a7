import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { GuardError } from './lib/errors.ts'
import { isSecret, secret, type Secret } from './lib/secret.ts'
import { notifySettings, type NotifySettings } from './notify/settings.ts'
import type { Address, Seconds } from './plasma/units.ts'
import { policySettings } from './policy-settings.ts'

/** The folder that holds `package.json`, `mesg.yml` and `processes/`, from the sources and from `dist/` alike. */
export const packageRoot = resolve(
  dirname(fileURLToPath(import.meta.url)),
  import.meta.url.endsWith('.ts') ? '..' : '../..',
)

const url = z.url({ protocol: /^https?$/, error: 'expected an http(s) URL' })
const nodeUrl = z.url({ protocol: /^(https?|wss?)$/, error: 'expected an http(s) or ws(s) URL' })
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
const keystoreAccount = z.strictObject({
  keystore: z.string(),
  passwordFile: z.string(),
  address: address.optional(),
})
/** Whose money it is, without the key: for modes that sign nothing. */
const watchOnly = z.strictObject({ watchOnly: address })

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/
const signerUrl = url.refine((text) => {
  const { protocol, hostname, username, password } = new URL(text)
  return username + password === '' && (protocol === 'https:' || LOOPBACK.test(hostname))
}, 'expected an https URL without a user; http is for this machine only')
const web3signer = z
  .strictObject({
    url: signerUrl,
    address,
    caFile: z.string().optional(),
    clientCertFile: z.string().optional(),
    clientKeyFile: z.string().optional(),
  })
  .refine(({ clientCertFile, clientKeyFile }) => (clientCertFile === undefined) === (clientKeyFile === undefined), {
    error: 'clientCertFile and clientKeyFile go together',
  })

const account = z.union([keystoreAccount, z.strictObject({ web3signer }), z.strictObject({ privateKey }), watchOnly], {
  error: ({ input }) => complaintAbout(input),
})

/** What a union would say of all its members at once says nothing to a person. */
function complaintAbout(input: unknown): string {
  if (typeof input === 'object' && input !== null) {
    if ('privateKey' in input && isSecret(input.privateKey)) return 'PRIVATE_KEY must be 32 bytes of hex'
    const remote = z.strictObject({ web3signer }).safeParse(input)
    if ('web3signer' in input && remote.error) return z.prettifyError(remote.error)
  }
  return "expected { keystore: FILE, passwordFile: FILE }, { web3signer: { url: URL, address: ADDRESS } } or { watchOnly: '0x…' }"
}

/** How far the guard may go by itself. */
const mode = z.enum(['observe', 'advise', 'defend', 'defend-and-exit'])

const schema = z
  .strictObject({
    rootChain: z
      .strictObject({
        urls: z.array(nodeUrl).min(1),
        /**
         * How many nodes must agree on what decides something that cannot be taken back, always. Absent: one of one, two
         * of more, and of those nodes only that answer and keep up, so that a node that is down makes nothing late.
         */
        agreement: positive.optional(),
        plasmaFramework: address,
        confirmations: positive.default(1),
      })
      .refine(({ urls, agreement = 1 }) => agreement <= urls.length, {
        path: ['agreement'],
        error: 'more nodes must agree than there are urls',
      }),
    watcher: z.strictObject({ url, trusted: z.boolean().default(false) }).optional(),
    childChain: z
      .strictObject({
        url,
        withholdingSeconds: positive.transform((seconds) => BigInt(seconds) as Seconds).optional(),
        slaMarginBlocks: positive.transform(BigInt).optional(),
      })
      .optional(),
    accounts: z.array(account).default([]),
    mode: mode.default('defend'),
    notify: notifySettings.optional(),
    policy: policySettings.prefault({}),
    processes: z.string().optional(),
    data: z.string().default('./data'),
    /** Of the daemon's own API, on the loopback; 0 takes any port. */
    control: z.strictObject({ port: z.number().int().min(0).max(65_535).default(7_535) }).prefault({}),
  })
  .refine((config) => config.watcher ?? config.childChain, {
    path: ['watcher'],
    error: 'set watcher.url, childChain.url or both: the guard must see the child chain somewhere',
  })
  .refine((config) => config.accounts.length > 0 || !signs(config.mode), {
    path: ['accounts'],
    error:
      'modes defend and defend-and-exit need an account: a keystore with its password file, a web3signer, or PRIVATE_KEY',
  })
  .refine((config) => !signs(config.mode) || !config.accounts.some((each) => 'watchOnly' in each), {
    path: ['accounts'],
    error: 'modes defend and defend-and-exit sign: an account that is watchOnly needs mode observe or advise',
  })
  .refine((config) => config.accounts.length > 0 || config.mode !== 'advise', {
    path: ['accounts'],
    error:
      "mode advise has to know who would send (a challenge names its sender): set accounts to [{ watchOnly: '0x…' }]",
  })

/** Whether a guard of this mode signs transactions. */
export function signs(mode: Mode): boolean {
  return mode === 'defend' || mode === 'defend-and-exit'
}

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
    accounts: config.accounts.map((each) => withFiles(each, from)),
    ...(config.notify && { notify: withPaths(config.notify, from) }),
    processes: config.processes === undefined ? resolve(packageRoot, 'processes') : from(config.processes),
    data: from(config.data),
  }
}

function withFiles(account: Account, from: (relative: string) => string): Account {
  if ('keystore' in account) {
    return { ...account, keystore: from(account.keystore), passwordFile: from(account.passwordFile) }
  }
  if (!('web3signer' in account)) return account
  const { caFile, clientCertFile, clientKeyFile, ...place } = account.web3signer
  const file = (path: string | undefined) => path && from(path)
  const files = { caFile: file(caFile), clientCertFile: file(clientCertFile), clientKeyFile: file(clientKeyFile) }
  return { web3signer: { ...place, ...files } }
}

function withPaths({ webhooks, mail, ...rest }: NotifySettings, from: (relative: string) => string): NotifySettings {
  return {
    ...rest,
    webhooks: webhooks.map(({ secretFile, ...each }) => ({
      ...each,
      ...(secretFile === undefined ? {} : { secretFile: from(secretFile) }),
    })),
    ...(mail && {
      mail: { ...mail, ...(mail.passwordFile === undefined ? {} : { passwordFile: from(mail.passwordFile) }) },
    }),
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
