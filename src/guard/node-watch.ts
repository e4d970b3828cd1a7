import type { NodeHealth, Nodes } from '../chain/nodes.ts'
import type { Alarms } from '../events/alarm.ts'
import type { Alarm } from '../lib/alarm.ts'
import { sleep } from '../lib/sleep.ts'

const LOOK_MS = 5_000
/** Looks in a row that must find a node in the same trouble: most of it is over before anybody could help. */
const LASTING = 3

type Trouble = Exclude<NodeHealth['state'], 'up'>

const troubles: Readonly<Record<Trouble, Omit<Alarm, 'subject' | 'message'> & { what: string }>> = {
  down: { kind: 'node_down', level: 'warning', what: 'does not answer' },
  throttled: { kind: 'node_down', level: 'warning', what: 'refuses to answer so often: it needs a larger allowance' },
  lagging: {
    kind: 'node_lagging',
    level: 'warning',
    what: 'is behind the others: it does not count until it has caught up',
  },
  forked: { kind: 'nodes_disagree', level: 'critical', what: 'has other blocks than the others: it is on a fork' },
  wrong_chain: {
    kind: 'node_wrong_chain',
    level: 'critical',
    what: 'is on another chain: nothing that it says counts',
  },
}
const KINDS = new Set(Object.values(troubles).map(({ kind }) => kind))

const DIVIDED: Alarm = {
  kind: 'nodes_disagree',
  subject: 'all',
  message:
    'The root chain nodes contradict each other, and not enough are of one mind: what cannot be taken back waits until they are. Ask which of them is right; three nodes can say it themselves.',
  level: 'critical',
}

type Ports = { nodes: Pick<Nodes, 'health' | 'areDivided'>; alarms: Alarms }

/** Raises an alarm for each node that is in trouble for long, until it no longer is. */
export async function watchNodes(ports: Ports, signal: AbortSignal): Promise<void> {
  const look = createNodeLook(ports)
  while (!signal.aborted) {
    await look()
    await sleep(LOOK_MS, signal)
  }
}

/** One look at how the nodes do. A single node needs none: a guard whose only node fails is blind, and says so. */
export function createNodeLook({ nodes, alarms }: Ports): () => Promise<void> {
  const lasting = new Map<string, { state: NodeHealth['state']; looks: number }>()
  return async () => {
    const health = nodes.health()
    if (health.length < 2) return
    for (const node of health) {
      const before = lasting.get(node.name)
      const looks = before?.state === node.state ? before.looks + 1 : 1
      lasting.set(node.name, { state: node.state, looks })
      await say(node, looks, alarms)
    }
    if (nodes.areDivided()) await alarms.raise(DIVIDED)
    else await alarms.lower(DIVIDED)
  }
}

async function say({ name, state }: NodeHealth, looks: number, { raise, lower }: Alarms): Promise<void> {
  const trouble = state === 'up' ? undefined : troubles[state]
  for (const kind of KINDS) if (kind !== trouble?.kind) await lower({ kind, subject: name })
  if (!trouble || (looks < LASTING && state !== 'wrong_chain')) return
  const { kind, level, what } = trouble
  await raise({ kind, subject: name, level, message: `Root chain node ${name} ${what}.` })
}
