import { equalBytes } from '../lib/bytes.ts'
import type { Logger } from '../lib/logger.ts'
import type { Delivery, EngineLink } from './engine-link.ts'
import { EngineCallError, openRpc, type Rpc } from './rpc.ts'
import { encodeStruct } from './struct.ts'
import type { EngineVariables } from './variables.ts'

type Listed = Delivery & { status?: number; executorHash?: Uint8Array }

const IN_PROGRESS = 2

type Variables = Extract<EngineVariables, { generation: 'a' }>

/** Engines v0.18 to v0.20: nobody asks who we are. */
export function linkGenerationA({ endpoint, runnerHash, instanceHash }: Variables, log: Logger): EngineLink {
  const rpc = openRpc(endpoint, ['generation-a.proto'])
  return {
    tellsWaiting: true,
    attach: (listener) => attach(rpc, { runnerHash, log }, listener),
    report: async (hash, ending) => {
      const result = 'error' in ending ? ending : { outputs: encodeStruct(ending.outputs) }
      await rpc.call('mesg.api.Execution/Update', { hash, ...result })
    },
    emit: async ({ key, data }) => {
      await rpc.call('mesg.api.Event/Create', { instanceHash, key, data: encodeStruct(data) })
    },
    close: rpc.close,
  }
}

/** Asks for what was waiting when the engine has begun to send what is new: nothing falls between. */
async function attach(
  rpc: Rpc,
  { runnerHash, log }: { runnerHash: Uint8Array; log: Logger },
  { ready, take, signal }: Parameters<EngineLink['attach']>[0],
): Promise<void> {
  const failed = new AbortController()
  const catchUp = async () => {
    try {
      for (const delivery of await waiting(rpc, runnerHash)) take(delivery)
    } catch (error) {
      if (!(error instanceof EngineCallError && error.isRefusal)) {
        failed.abort()
        throw error
      }
      log.error({ err: error }, 'engine does not list what is waiting')
    }
    ready()
  }
  let caughtUp = Promise.resolve()
  await rpc.stream(
    'mesg.api.Execution/Stream',
    { filter: { statuses: [IN_PROGRESS], executorHash: runnerHash } },
    {
      data: (message) => {
        take(message as Delivery)
      },
      ready: () => {
        caughtUp = catchUp()
        caughtUp.catch(() => undefined)
      },
      signal: AbortSignal.any([signal, failed.signal]),
    },
  )
  await caughtUp
}

/** The engine lists everything that its chain has ever seen; it has no filter. */
async function waiting(rpc: Rpc, runnerHash: Uint8Array): Promise<Delivery[]> {
  const { executions = [] } = (await rpc.call('mesg.api.Execution/List', {})) as { executions?: Listed[] }
  return executions.filter(
    ({ status, executorHash }) => status === IN_PROGRESS && executorHash && equalBytes(executorHash, runnerHash),
  )
}
