// The rooms of src/ and who may look into whom. An arrow that is not listed here does not exist.
const pureLib = ['lib/(bytes|errors|unreachable)\\.ts']

const only = (name, from, mayImport, packages = []) => ({
  name,
  severity: 'error',
  from: { path: `^src/${from}` },
  to: {
    pathNot: [`^src/${from}`, ...mayImport.map((m) => `^src/${m}`), ...packages.map((p) => `node_modules/${p}`)],
  },
})

const edges = 'chain|store|verifier|mesg|api|dashboard'

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, path: '^src', pathNot: ['\\.d\\.ts$'] }, to: {} },
    { name: 'src-never-imports-test', severity: 'error', from: { path: '^src' }, to: { path: '^test' } },
    {
      name: 'src-starts-devnet-only-from-its-commands',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/cli/(devnet|drill)\\.ts$' },
      to: { path: '^(devnet|bench)/' },
    },
    {
      name: 'lib-knows-nothing',
      severity: 'error',
      from: { path: '^src/lib/' },
      to: { path: '^src/', pathNot: '^src/lib/' },
    },
    only('plasma-is-pure', 'plasma/', pureLib, ['@noble/']),
    only('exit-game-is-pure', 'exit-game/', [...pureLib, 'plasma/']),
    only('engine-knows-no-domain', 'engine/', ['lib/'], ['zod', 'yaml']),
    only('tasks-see-the-world-through-ports', 'tasks/', ['lib/', 'plasma/', 'exit-game/'], ['zod']),
    only('watcher-sees-the-world-through-ports', 'watcher/', ['lib/', 'plasma/', 'exit-game/']),
    {
      name: 'verifier-knows-blocks-only',
      severity: 'error',
      from: { path: '^src/verifier/' },
      to: { path: '^src/', pathNot: ['^src/(verifier|lib|plasma|exit-game)/', '^src/watcher/block-checks'] },
    },
    only('events-see-the-world-through-ports', 'events/', ['lib/', 'plasma/', 'exit-game/']),
    {
      name: 'notify-knows-alarms-only',
      severity: 'error',
      from: { path: '^src/notify/' },
      to: { path: '^src/', pathNot: ['^src/(notify|lib)/'] },
    },
    {
      name: 'metrics-know-numbers-only',
      severity: 'error',
      from: { path: '^src/metrics/' },
      to: { path: '^src/', pathNot: ['^src/(metrics|lib)/'] },
    },
    only('tx-knows-no-game', 'tx/', ['lib/', 'plasma/units']),
    {
      name: 'mesg-knows-executions-only',
      severity: 'error',
      from: { path: '^src/mesg/' },
      to: { path: '^src/', pathNot: '^src/(mesg|engine|lib)/' },
    },
    {
      name: 'adapters-are-strangers',
      severity: 'error',
      from: { path: `^src/(${edges})/` },
      to: { path: `^src/(${edges}|cli)/`, pathNot: '^src/$1/' },
    },
    {
      name: 'only-the-root-wires',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(daemon|config|guard/|cli/|${edges})` },
      to: { path: `^src/(${edges}|guard|cli)/|^src/(daemon|config)` },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
}
