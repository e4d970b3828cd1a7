import { join } from 'node:path'

/**
 * What a container does: what it is told to; else it serves the MESG engine that started it, and without one it guards
 * by itself. Any variable of an engine counts, so that a half-set environment is told instead of ignored.
 */
export function containerArguments(
  folder: string,
  { given, environment }: { given: readonly string[]; environment: Readonly<Record<string, string | undefined>> },
): readonly string[] {
  if (given.length > 0) return given
  const isForEngine = Object.entries(environment).some(([name, value]) => name.startsWith('MESG_') && value)
  return [isForEngine ? 'mesg' : 'run', '--config', join(folder, 'guard.yml')]
}
