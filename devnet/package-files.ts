import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GuardError } from '../src/lib/errors.ts'

const require = createRequire(import.meta.url)

/** Thrown where the devnet needs a package that only developers install. */
class DevelopmentDependencyMissingError extends GuardError {
  override readonly code = 'DEVELOPMENT_DEPENDENCY_MISSING'

  constructor(file: string, cause: unknown) {
    super(`This command needs the development dependencies: ${file} is not installed.`, { file }, { cause })
  }
}

/**
 * Where a file of an installed package lies.
 *
 * @param request - package name and path, as an import would say it.
 * @throws {@link DevelopmentDependencyMissingError}
 */
export function packageFile(request: string): string {
  try {
    return require.resolve(request)
  } catch (cause) {
    throw new DevelopmentDependencyMissingError(request, cause)
  }
}

/** The project's folder, from the sources as well as from `dist`. */
export function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}

/** Where things lie that can be made again: inside `node_modules`, so that a clean installation starts without them. */
export function cachePath(name: string): string {
  return join(projectRoot(), 'node_modules', '.cache', 'plasma-guard', name)
}
