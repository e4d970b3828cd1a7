import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, lstatSync, mkdirSync, realpathSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseCopy, type Stage } from './dockerfile.ts'

/** Where an image is put together without a container engine: each stage in a folder that stands for its root. */
type Scratch = { folder: string; context: string; holds: (path: string) => boolean }

/** The folder of a stage that stands for `/app`. */
export function appOf({ folder }: Pick<Scratch, 'folder'>, stage: string): string {
  return join(folder, stage, 'app')
}

/** Does what a stage says, in order. Installing starts with packages that are there already, for it takes minutes. */
export function buildStage({ alias = 'final', steps }: Stage, scratch: Scratch): void {
  const app = appOf(scratch, alias)
  mkdirSync(app, { recursive: true })
  for (const { name, text } of steps) {
    if (name === 'COPY') copy(text, { app, scratch })
    if (name === 'RUN') run(text, { app, scratch, root: join(scratch.folder, alias) })
  }
}

function copy(text: string, { app, scratch }: { app: string; scratch: Scratch }): void {
  const { from, sources, target } = parseCopy(text)
  for (const source of sources) {
    if (from === undefined && !scratch.holds(source)) throw new Error(`COPY ${source}: it is ignored, or not there`)
    const path = from === undefined ? join(scratch.context, source) : join(scratch.folder, from, source)
    const isFolder = lstatSync(path).isDirectory()
    link(path, join(app, target, !isFolder && /\/$/.test(target) ? basename(source) : ''))
  }
}

/** Packages by hard links where the file system can, for they are many; the rest by copies. */
function link(source: string, target: string): void {
  mkdirSync(join(target, '..'), { recursive: true })
  if (basename(target) === 'node_modules') {
    mkdirSync(target)
    if (spawnSync('cp', ['-al', `${source}/.`, target]).status === 0) return
  }
  cpSync(source, target, { recursive: true })
}

const INSTALL = 'node scripts/install.js'

function run(command: string, { app, scratch, root }: { app: string; scratch: Scratch; root: string }): void {
  if (command === INSTALL) provide(['node_modules'], { app, scratch })
  // What is compiled already for the same sources need not be compiled again.
  if (command === 'node scripts/build.js') provide(['dist'], { app, scratch })
  const { status, stderr } = spawnSync('sh', ['-ec', here(command, root)], {
    cwd: app,
    encoding: 'utf8',
    env: { ...process.env, npm_config_offline: 'true' },
  })
  if (status !== 0 || stderr.includes('Installing packages')) throw new Error(`RUN ${command}: ${stderr}`)
}

/** Files that tools write over stand alone: a hard link would change the original. */
const WRITTEN = ['node_modules/.package-lock.json', 'node_modules/.installed', 'dist/.tsbuildinfo']

function provide(names: readonly string[], { app, scratch }: { app: string; scratch: Scratch }): void {
  for (const name of names.filter((each) => existsSync(join(scratch.context, each)))) {
    const source = realpathSync(join(scratch.context, name))
    if (name === 'node_modules') link(source, join(app, name))
    else cpSync(source, join(app, name), { recursive: true })
    rmSync(join(app, name, '.cache'), { recursive: true, force: true })
    for (const file of WRITTEN.filter((each) => each.startsWith(`${name}/`))) {
      rmSync(join(app, file), { force: true })
      const original = join(scratch.context, file)
      if (existsSync(original)) cpSync(original, join(app, file))
    }
  }
}

/** `/data` is a folder of the stage; only root can give a folder away. */
export function here(command: string, root: string): string {
  return command
    .replaceAll('/data', join(root, 'data'))
    .replaceAll('chown node:node', isRoot() ? 'chown 1000:1000' : 'true')
}

export function isRoot(): boolean {
  return process.getuid?.() === 0
}
