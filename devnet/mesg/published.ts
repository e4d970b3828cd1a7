import { dirname, join } from 'node:path'
import {
  loadPackageDefinition,
  type GrpcObject,
  type ServiceClientConstructor,
  type ServiceDefinition,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { packageFile, projectRoot } from '../package-files.ts'

/**
 * The services of an engine, by the protocol files that MESG published in `@mesg/api` 0.2.0; those of the newer
 * generation, which it never published, lie beside this file.
 *
 * @param name - Such as `mesg.api.Execution`.
 */
export function publishedService(file: string, name: string): ServiceDefinition {
  const published = join(dirname(packageFile('@mesg/api/package.json')), 'lib')
  const ours = join(projectRoot(), 'devnet', 'mesg', 'protos')
  const loaded: GrpcObject = loadPackageDefinition(loadSync(file, { includeDirs: [published, ours], longs: Number }))
  const found = name.split('.').reduce<unknown>((within, part) => (within as GrpcObject)[part], loaded)
  return (found as ServiceClientConstructor).service
}
