import { z } from 'zod'

const schema = z.object({
  state: z.enum(['open', 'paused', 'draining']),
  since: z.string().optional(),
  under_way: z.number(),
  next_deadline: z.string().regex(/^\d+$/).optional(),
})

/** What a daemon says about whether it answers; see `src/guard/gate-routes.ts`. */
export type GateReport = z.output<typeof schema>

export function readGate(answer: unknown): GateReport {
  return schema.parse(answer)
}

/** For a person. */
export function gateText({ state, since, under_way: underWay, next_deadline: deadline }: GateReport): string {
  const states = {
    open: 'The guard answers.',
    paused: `The guard is paused since ${since ?? 'now'}: it watches and raises alarms, and begins no new answer.`,
    draining: 'The guard drains: it begins no new answer.',
  }
  const going = underWay === 0 ? 'Nothing is under way.' : `Under way, and followed to the end: ${String(underWay)}.`
  const next = deadline === undefined ? '' : `The next deadline of what it sees is ${utc(deadline)}.\n`
  return `${states[state]}\n${going}\n${next}`
}

function utc(seconds: string): string {
  return new Date(Number(seconds) * 1_000).toISOString().replace('.000', '')
}
