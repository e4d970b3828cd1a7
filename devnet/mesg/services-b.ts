import type { Metadata } from '@grpc/grpc-js'
import { checkHash, type Inside } from './inside.ts'
import { publishedService } from './published.ts'
import type { Service } from './server.ts'
import { Status, type Struct } from './wire.ts'

/** What engines v0.21 to v0.26 serve to a service. */
export function servicesOfB(inside: Inside): Service[] {
  return [registerService(inside), runnerService(inside)]
}

function registerService({ registry }: Inside): Service {
  return {
    definition: publishedService('generation-b-register.proto', 'mesg.grpc.orchestrator.Runner'),
    unary: {
      Register: ({ serviceHash, envHash }, metadata) => {
        const runner = { serviceHash: checkHash(serviceHash), envHash: checkHash(envHash) }
        return { token: registry.register(runner, metadata.get('mesg_request_signature')[0]?.toString()) }
      },
    },
    streams: {},
  }
}

function runnerService({ engine, registry, listen, emit }: Inside): Service {
  const checkToken = (metadata: Metadata) => {
    registry.check(metadata.get('mesg_credential_token')[0]?.toString())
  }
  return {
    definition: publishedService('generation-b.proto', 'mesg.grpc.runner.Runner'),
    unary: {
      Result: ({ executionHash, ...result }, metadata) => {
        checkToken(metadata)
        engine.update(checkHash(executionHash), result)
        return {}
      },
      Event: ({ key, data }, metadata) => {
        checkToken(metadata)
        emit(String(key), data as Struct)
        return {}
      },
    },
    streams: {
      Execution: (_, metadata, listener) => {
        checkToken(metadata)
        listen(({ status }) => status === Status.inProgress, listener)
      },
    },
  }
}
