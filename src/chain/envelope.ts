import { z } from 'zod'

/** What an elixir-omg service says to a call: the data, or its error's code (watcher.md 2.1). */
export type Envelope = { ok: true; data: unknown } | { ok: false; code: string; data: unknown }

const envelope = z.object({ success: z.boolean(), data: z.unknown() })
const failure = z.object({ code: z.string().max(200) })

/** Undefined when it is no envelope at all. */
export function parseEnvelope(answer: unknown): Envelope | undefined {
  const parsed = envelope.safeParse(answer)
  if (!parsed.success) return undefined
  const { success, data } = parsed.data
  if (success) return { ok: true, data }
  const said = failure.safeParse(data)
  return { ok: false, code: said.success ? said.data.code : 'unknown', data }
}
