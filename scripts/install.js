// Installs what is missing, and nothing when nothing is. Runs on plain Node, before any package is there.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const stamp = join(root, 'node_modules', '.installed')
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .update(process.version)
  .digest('hex')

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Plasma Guard needs Node 20.19 or newer; this is ${process.version}.`)
  process.exit(1)
}

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  console.error('Installing packages (once; better-sqlite3 and secp256k1 may be compiled) …')
  // node-gyp would download headers; those beside this Node are right and need no network.
  const prefix = resolve(dirname(process.execPath), '..')
  const headers = existsSync(join(prefix, 'include', 'node', 'node.h')) ? { npm_config_nodedir: prefix } : {}
  // Not `npm ci`: the lock holds the packages of the platform that wrote it, `install` adds those of this one.
  const npm = spawnSync(
    'npm',
    ['install', '--no-save', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
      env: { ...process.env, ...headers },
      shell: process.platform === 'win32',
    },
  )
  if (npm.status !== 0) {
    console.error('npm install failed; see above. Compiling better-sqlite3 needs python3, make and a C++ compiler.')
    process.exit(npm.status ?? 1)
  }
  writeFileSync(stamp, wanted)
}
