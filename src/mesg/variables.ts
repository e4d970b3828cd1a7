import { GuardError } from '../lib/errors.ts'
import { secret, type Secret } from '../lib/secret.ts'
import { parseHash } from './base58.ts'

/** What an engine tells a service that it starts. */
export type EngineVariables =
  | { generation: 'a'; endpoint: string; runnerHash: Uint8Array; instanceHash: Uint8Array }
  | { generation: 'b'; endpoint: string; serviceHash: Uint8Array; envHash: Uint8Array; signature: Secret }

type Variables = Readonly<Record<string, string | undefined>>

const GENERATION_A = ['MESG_RUNNER_HASH', 'MESG_INSTANCE_HASH'] as const
const GENERATION_B = ['MESG_SERVICE_HASH', 'MESG_ENV_HASH', 'MESG_REGISTER_SIGNATURE'] as const

/**
 * Which engine started this program, and what it calls it. An empty variable counts as not set.
 *
 * @throws {@link EngineVariablesError} when variables are missing, wrong, or of both generations.
 */
export function readEngineVariables(variables: Variables): EngineVariables {
  const isSet = (name: string) => Boolean(variables[name])
  const ofA = GENERATION_A.some(isSet)
  const ofB = GENERATION_B.some(isSet)
  if (!ofA && !ofB) throw new EngineVariablesError([nobodyCalls(isSet('MESG_ENDPOINT'))])
  if (ofA && ofB)
    throw new EngineVariablesError([`set together: ${[...GENERATION_A, ...GENERATION_B].filter(isSet).join(', ')}`])
  const missing = ['MESG_ENDPOINT', ...(ofA ? GENERATION_A : GENERATION_B)].filter((name) => !isSet(name))
  if (missing.length > 0) throw new EngineVariablesError(missing.map((name) => `${name} is not set`))
  return ofA ? readA(variables) : readB(variables)
}

function nobodyCalls(hasEndpoint: boolean): string {
  const these = [GENERATION_A, GENERATION_B].map((names) =>
    (hasEndpoint ? names : ['MESG_ENDPOINT', ...names]).join(', '),
  )
  return `none of them is set: engines v0.18 to v0.20 set ${these[0] ?? ''}; engines v0.21 to v0.26 set ${these[1] ?? ''}`
}

function readA(variables: Variables): EngineVariables {
  const problems: string[] = []
  const found = {
    generation: 'a' as const,
    endpoint: endpointOf(variables, problems),
    runnerHash: hashOf('MESG_RUNNER_HASH', variables, problems),
    instanceHash: hashOf('MESG_INSTANCE_HASH', variables, problems),
  }
  if (problems.length > 0) throw new EngineVariablesError(problems)
  return found
}

function readB(variables: Variables): EngineVariables {
  const problems: string[] = []
  const signature = variables['MESG_REGISTER_SIGNATURE'] ?? ''
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(signature)) problems.push('MESG_REGISTER_SIGNATURE is not base64')
  const found = {
    generation: 'b' as const,
    endpoint: endpointOf(variables, problems),
    serviceHash: hashOf('MESG_SERVICE_HASH', variables, problems),
    envHash: hashOf('MESG_ENV_HASH', variables, problems),
    signature: secret(signature),
  }
  if (problems.length > 0) throw new EngineVariablesError(problems)
  return found
}

function endpointOf(variables: Variables, problems: string[]): string {
  const endpoint = variables['MESG_ENDPOINT'] ?? ''
  if (!/^[^\s/:]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/.test(endpoint)) problems.push('MESG_ENDPOINT is not HOST:PORT')
  return endpoint
}

function hashOf(name: string, variables: Variables, problems: string[]): Uint8Array {
  const hash = parseHash(variables[name] ?? '')
  if (!hash) problems.push(`${name} is not a base58 hash of 32 bytes`)
  return hash ?? new Uint8Array()
}

/** The environment does not say which engine to serve. */
class EngineVariablesError extends GuardError {
  override readonly code = 'ENGINE_VARIABLES'

  constructor(problems: readonly string[]) {
    super(
      `The variables that a MESG engine sets for its services are wrong: ${problems.join('; ')}. Without an engine, use plasma-guard run.`,
      { problems: problems.join('; ') },
    )
  }
}
