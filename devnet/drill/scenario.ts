/** Where the guard learns of the child chain: from a Watcher's HTTP API, or from the operator itself. */
export type Mode = 'remote' | 'embedded'

/** One story of an attack, or of the lack of one. */
export type Scenario<World> = {
  name: string
  /** The event that the guard must see; undefined where it must see none. */
  event?: string
  modes: readonly Mode[]
  /** One sentence for `--list`. */
  story: string
  /** Plays it. Throws where the world is not as it must be. */
  play: (world: World) => Promise<void>
}

/** One transaction that the guard sent and the chain holds. */
export type Answer = { function: string; txHash: string; gasUsed: number }

/** What was seen while a scenario was played. */
export type Findings = {
  answers: readonly Answer[]
  /** From the block that holds the cheat being served by the RPC to the event; the longest, where there are several. */
  detectMs?: number
  /** From the event to the accepted raw transaction; the longest. */
  respondMs?: number
  note?: string
}

/** How one scenario ended in one mode: what `--json` prints, in this order. */
export type Result = {
  scenario: string
  event: string | null
  mode: Mode
  outcome: 'pass' | 'fail'
  answers: readonly Answer[]
  detectMs: number | null
  respondMs: number | null
  note: string
}

/** Something is not as the story says. */
class NotAsToldError extends Error {}

/**
 * @throws {@link NotAsToldError} when a value is not the expected one.
 */
export function expectEqual(what: string, actual: unknown, expected: unknown): void {
  if (show(actual) !== show(expected)) {
    throw new NotAsToldError(`${what}: expected ${show(expected)}, found ${show(actual)}`)
  }
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner))
}
