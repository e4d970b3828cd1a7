import { createEnds, type Ends } from './ends.ts'
import type { Findings, Mode, Result, Scenario } from './scenario.ts'

/** Opens everything that a scenario needs; what it opened is registered with `ends` as soon as it is open. */
export type OpenStage<World> = (opening: {
  scenario: Scenario<World>
  mode: Mode
  ends: Ends
  signal: AbortSignal
  tell: (text: string) => void
}) => Promise<{
  world: World
  /** What was seen so far. */
  findings: () => Promise<Findings>
}>

type Plan<World> = {
  scenarios: readonly Scenario<World>[]
  open: OpenStage<World>
  /** How many play at the same time. */
  atOnce: number
  /** Only guards against hanging. */
  timeLimitMs: number
  /** Ends everything early. */
  signal: AbortSignal
  progress: (text: string) => void
  onResult: (result: Result) => void
}

const FINDINGS_LIMIT_MS = 10_000

type Play<World> = { scenario: Scenario<World>; mode: Mode }

/** Plays every scenario in each of its modes, each on a world of its own. Never rejects; results come in the order of the list. */
export async function playAll<World>(plan: Plan<World>): Promise<readonly Result[]> {
  const plays = plan.scenarios.flatMap((scenario) => scenario.modes.map((mode) => ({ scenario, mode })))
  const results: Result[] = []
  const waiting = [...plays.entries()]
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [at, play] = next
      const result = await playOne(play, plan)
      results[at] = result
      plan.onResult(result)
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, plan.atOnce) }, worker))
  return results
}

async function playOne<World>({ scenario, mode }: Play<World>, plan: Plan<World>): Promise<Result> {
  const title = `${scenario.name} (${mode})`
  if (plan.signal.aborted) return resultOf({ scenario, mode }, { answers: [] }, 'interrupted')
  const begin = performance.now()
  const tell = (text: string) => {
    plan.progress(`${((performance.now() - begin) / 1000).toFixed(1).padStart(5)} s  ${title}: ${text}`)
  }
  tell('starts')
  const ends = createEnds()
  const limit = timeLimit(plan)
  try {
    return await perform({ scenario, mode }, { plan, ends, signal: limit.signal, tell })
  } catch (error) {
    return resultOf({ scenario, mode }, { answers: [] }, describe(error))
  } finally {
    limit.end()
    for (const what of await ends.run()) tell(`${what} did not end well`)
    tell('over')
  }
}

type Performance<World> = { plan: Plan<World>; ends: Ends; signal: AbortSignal; tell: (text: string) => void }

async function perform<World>(play: Play<World>, { plan, ends, signal, tell }: Performance<World>): Promise<Result> {
  const stage = await within(signal, plan.open({ ...play, ends, signal, tell }))
  let problem: string | undefined
  try {
    await within(signal, play.scenario.play(stage.world))
  } catch (error) {
    problem = describe(error)
  }
  const findings = await within(AbortSignal.timeout(FINDINGS_LIMIT_MS), stage.findings()).catch((error: unknown) => {
    problem ??= describe(error)
    return { answers: [] }
  })
  return resultOf(play, findings, problem)
}

function resultOf<World>({ scenario, mode }: Play<World>, findings: Findings, problem?: string): Result {
  return {
    scenario: scenario.name,
    event: scenario.event ?? null,
    mode,
    outcome: problem === undefined ? 'pass' : 'fail',
    answers: findings.answers,
    detectMs: findings.detectMs ?? null,
    respondMs: findings.respondMs ?? null,
    note: problem ?? findings.note ?? '',
  }
}

/** A signal that is aborted when the time is over, or when everything is to end. */
function timeLimit({ timeLimitMs, signal }: { timeLimitMs: number; signal: AbortSignal }) {
  const controller = new AbortController()
  const interrupted = () => {
    controller.abort(new Error('interrupted'))
  }
  const timer = setTimeout(() => {
    controller.abort(new Error(`not over after ${timeLimitMs / 1000} s`))
  }, timeLimitMs)
  signal.addEventListener('abort', interrupted)
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', interrupted)
      controller.abort(new Error('over'))
    },
  }
}

/** The work's own end, or the signal's reason, whichever comes first. */
function within<Value>(signal: AbortSignal, work: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    }
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort)
    })
  })
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // viem's errors carry the request and its version below the first line.
  const short = 'shortMessage' in error && typeof error.shortMessage === 'string' ? error.shortMessage : error.message
  return short.split('\n').slice(0, 3).join(' ')
}
