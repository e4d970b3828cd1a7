import type { Delivery, EngineLink } from './engine-link.ts'
import { EngineCallError, openRpc } from './rpc.ts'
import { encodeStruct } from './struct.ts'
import type { EngineVariables } from './variables.ts'

/** Engines v0.21 to v0.26: a signature made by whoever started us buys a token, which lasts until the engine ends. */
export function linkGenerationB(engine: Extract<EngineVariables, { generation: 'b' }>): EngineLink {
  const { serviceHash, envHash, signature } = engine
  const rpc = openRpc(engine.endpoint, ['generation-b-register.proto', 'generation-b.proto'])
  let token: Promise<string> | undefined

  async function register(): Promise<string> {
    const facts = { mesg_request_signature: signature.reveal() }
    const answer = await rpc.call('mesg.grpc.orchestrator.Runner/Register', { serviceHash, envHash }, facts)
    return (answer as { token: string }).token
  }

  /** A registration ends the tokens of all before it: everybody uses the same one. */
  async function withToken<Result>(
    work: (facts: { mesg_credential_token: string }) => Promise<Result>,
  ): Promise<Result> {
    const mine = (token ??= register())
    try {
      return await work({ mesg_credential_token: await mine })
    } catch (error) {
      const isLost = isAboutToken(error) || !(await isGranted(mine))
      if (isLost && token === mine) token = undefined
      throw error
    }
  }

  /** An engine that does not know our token has done nothing: the same may be asked again with a new one. */
  async function call(method: string, request: object): Promise<void> {
    const attempt = () => withToken((facts) => rpc.call(`mesg.grpc.runner.Runner/${method}`, request, facts))
    await attempt().catch((error: unknown) => {
      if (isAboutToken(error)) return attempt()
      throw error
    })
  }

  return {
    tellsWaiting: false,
    attach: ({ ready, take, signal }) =>
      withToken((facts) => {
        const data = (message: unknown) => {
          take(message as Delivery)
        }
        return rpc.stream('mesg.grpc.runner.Runner/Execution', {}, { ready, data, signal, facts })
      }),
    report: (executionHash, ending) => {
      const result = 'error' in ending ? ending : { outputs: encodeStruct(ending.outputs) }
      return call('Result', { executionHash, ...result })
    },
    emit: ({ key, data }) => call('Event', { key, data: encodeStruct(data) }),
    close: rpc.close,
  }
}

/** Engines have no status of their own for it: `credential token doesn't exist`, `no credential token found`. */
function isAboutToken(error: unknown): boolean {
  return error instanceof EngineCallError && error.isRefusal && error.details.includes('credential token')
}

function isGranted(token: Promise<string>): Promise<boolean> {
  return token.then(
    () => true,
    () => false,
  )
}
