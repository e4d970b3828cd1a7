import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { stringify } from 'yaml'
import type { Role } from '../../devnet/accounts.ts'
import { createEnds, openNetwork, start, type Network } from '../support/guarded-network.ts'
import { openClients, type Clients } from './watcher-omg-clients.ts'
import { openWitness } from './watcher-witness.ts'

/** Who sends a transaction of the published client. */
export type By = { txOptions: { from: string; privateKey: string } }

/** A network, our watcher on it, and the published client on both. */
export async function openWatcherStage({ apart = false }: { apart?: boolean } = {}) {
  const ends = createEnds()
  const network = await openNetwork(ends)
  const { framework, accounts } = network.deployment
  const { url, infoUrl } = await startWatcher(ends, network)
  const [info, security] = [await openWitness(infoUrl), await openWitness(url)]
  ends.add('witnesses', () => {
    info.close()
    security.close()
  })
  const clients: Clients = openClients({
    rootChain: network.chain.url,
    framework,
    watcherUrl: info.url,
    // Without one, the client asks the Info API for everything.
    ...(apart && { watcherSecurityUrl: security.url }),
  })
  return {
    ...clients,
    network,
    info,
    security,
    by: (who: Role): By => ({
      txOptions: { from: accounts[who].address, privateKey: accounts[who].privateKey },
    }),
    keyOf: (who: Role) => accounts[who].privateKey,
    close: async () => {
      await ends.run()
    },
  }
}

export type WatcherStage = Awaited<ReturnType<typeof openWatcherStage>>

async function startWatcher(
  ends: ReturnType<typeof createEnds>,
  { chain, deployment, operatorUrl }: Network,
): Promise<{ url: string; infoUrl: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'watcher-test-'))
  ends.add('folder', () => rm(folder, { recursive: true, force: true }))
  const config = {
    rootChain: { urls: [chain.url], plasmaFramework: deployment.framework },
    childChain: { url: operatorUrl },
    mode: 'observe',
  }
  await writeFile(join(folder, 'guard.yml'), stringify(config))
  const args = ['watch', '--port', '0', '--finality-margin-blocks', '0']
  const watcher = start(ends, { folder, environment: {}, args })
  const { url, infoUrl } = await watcher.until(({ msg }) => msg === 'watcher started')
  return { url: String(url), infoUrl: String(infoUrl) }
}

/** Asks until the answer is what it should become. What the client throws is an answer that is not. */
export async function eventually<Answer>(
  ask: () => unknown,
  isIt: (answer: Answer) => boolean = (answer) => Boolean(answer),
): Promise<Answer> {
  for (;;) {
    const answer = (await Promise.resolve(ask()).catch(() => undefined)) as Answer | undefined
    if (answer !== undefined && isIt(answer)) return answer
    await pause(100)
  }
}
