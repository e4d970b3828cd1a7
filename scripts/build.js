// Installs what is missing and compiles src/, devnet/ and bench/ to dist/; protocol files are read as they are.
import './install.js'
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const tsc = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: ['ignore', 2, 2],
})
if (tsc.status !== 0) process.exit(tsc.status ?? 1)
chmodSync(join(root, 'dist/src/cli/main.js'), 0o755)
cpSync(join(root, 'src/mesg/protos'), join(root, 'dist/src/mesg/protos'), { recursive: true })
