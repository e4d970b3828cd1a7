// Everything that must hold before a commit lands, in the order in which it fails fastest.
import './build.js'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const report = join(tmpdir(), `plasma-guard-jest-${process.pid}.json`)
const bin = (name) => join(root, 'node_modules', name)

const checks = [
  ['lint', [bin('eslint/bin/eslint.js'), '.']],
  ['format', [bin('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.']],
  ['types', [bin('typescript/bin/tsc'), '--noEmit']],
  [
    'rooms',
    [
      bin('dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      'dependency-cruiser.cjs',
      'src',
      'devnet',
      'bench',
    ],
  ],
  ['dead code', [bin('knip/bin/knip.js')]],
  [
    'tests',
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      bin('jest/bin/jest.js'),
      '--json',
      `--outputFile=${report}`,
      ...process.argv.slice(2),
    ],
  ],
]

for (const [name, args] of checks) {
  const started = Date.now()
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', name === 'tests' ? 'ignore' : 'inherit', 'inherit'],
  })
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
  if (status === 0 && name !== 'tests') continue
  if (name === 'tests') {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'))
    console.log(`tests: ${numPassedTests} passed, ${numFailedTests} failed`)
  }
  process.exit(status ?? 1)
}
