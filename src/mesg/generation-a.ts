import { equalBytes } from '../lib/bytes.ts'
import type { Logger } from '../lib/logger.ts'
import type { Delivery, EngineLink } from './engine-link.ts'
import { EngineCallError, openRpc } from './rpc.ts'
import { encodeStruct } from './struct.ts'
import type { EngineVariables } from './variables.ts'

type Listed = Delivery & { status?: number; executorHash?: Uint8Array }

const IN_PROGRESS = 2

/** Engines v0.18 to v0.20: nobody asks who we are. */
export function linkGenerationA(
  { endpoint, runnerHash, instanceHash }: Extract<EngineVariables, { generation: 'a' }>,
  log: Logger,
): EngineLink {
  const rpc = openRpc(endpoint, ['generation-a.proto'])

  /** The engine lists everything that its chain has ever seen; it has no filter. */
  async function waiting(): Promise<Delivery[]> {
    const { executions = [] } = (await rpc.call('mesg.api.Execution/List', {})) as { executions?: Listed[] }
    return executions.filter(
      ({ status, executorHash }) => status === IN_PROGRESS && executorHash && equalBytes(executorHash, runnerHash),
    )
  }

  return {
    tellsWaiting: true,
    attach: async ({ ready, take, signal }) => {
      const filter = { statuses: [IN_PROGRESS], executorHash: runnerHash }
      const failed = new AbortController()
      const catchUp = async () => {
        for (const delivery of await waiting()) take(delivery)
        ready()
      }
      let missed: Promise<void> | undefined
      await rpc.stream(
        'mesg.api.Execution/Stream',
        { filter },
        {
          data: (message) => {
            take(message as Delivery)
          },
          ready: () => {
            missed = catchUp().catch((error: unknown) => {
              if (!(error instanceof EngineCallError && error.isRefusal)) {
                failed.abort()
                throw error
              }
              log.error({ err: error }, 'engine does not list what is waiting')
              ready()
            })
            missed.catch(() => undefined)
          },
          signal: AbortSignal.any([signal, failed.signal]),
        },
      )
      await missed
    },
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
