// What needs programs from the system beside Node: the alert rules are checked and tested by promtool.
import { spawnSync } from 'node:child_process'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const rules = join(root, 'deploy', 'prometheus')

const runs = (program, args) => spawnSync(program, args, { stdio: 'ignore' }).status === 0

/** Installs a Debian package for a program that is not there, where that is possible. */
function provide(program, debianPackage) {
  if (runs(program, ['--version'])) return true
  if (!runs('apt-get', ['--version']) || process.getuid?.() !== 0) return false
  console.log(`installing ${debianPackage} …`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const install = () =>
    spawnSync('apt-get', ['install', '--yes', '--no-install-recommends', debianPackage], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env,
    })
  if (install().status !== 0) {
    spawnSync('apt-get', ['update'], { stdio: ['ignore', 'ignore', 'inherit'], env })
    install()
  }
  return runs(program, ['--version'])
}

if (!provide('promtool', 'prometheus')) {
  console.error(
    'The alert rules were NOT checked: there is no promtool, and it could not be installed. On Debian, as root: apt-get install prometheus. Elsewhere: https://prometheus.io/download/.',
  )
  process.exit(1)
}

const checks = [
  ['alert rules', ['check', 'rules', join(rules, 'alerts.yml')]],
  ['tests of the alert rules', ['test', 'rules', join(rules, 'alerts.test.yml')]],
]

let failed = false
for (const [name, args] of checks) {
  const { status } = spawnSync('promtool', args, { stdio: 'inherit' })
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name}`)
  failed ||= status !== 0
}
process.exit(failed ? 1 : 0)
