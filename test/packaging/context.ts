import { existsSync, readdirSync, lstatSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The names of the top folder that an ignore file lets through. It knows only what Docker and gitignore read alike:
 * comments, `/*` first, and `!/NAME`.
 */
export function allowedNames(ignoreFile: string): string[] {
  const [first, ...rest] = ignoreFile.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  if (first !== '/*') throw new Error('the first pattern must be /*')
  return rest.map((line) => {
    const [, name] = /^!\/([\w.-]+)$/.exec(line) ?? []
    if (name === undefined) throw new Error(`not of the form !/NAME: ${line}`)
    return name
  })
}

/** Whether a path is sent to whoever builds the image. */
export function createContext(root: string, allowed: readonly string[]): (path: string) => boolean {
  return (path) => allowed.includes(path.split('/')[0] ?? '') && existsSync(join(root, path))
}

export function sizeOf(path: string): number {
  const stat = lstatSync(path)
  if (!stat.isDirectory()) return stat.size
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
}
