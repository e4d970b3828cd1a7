/** Root of every error this program throws on purpose. Anything else that surfaces is a bug. */
export abstract class GuardError extends Error {
  /** Stable name for logs, metrics, tests and the dashboard. Messages may be reworded, codes may not. */
  abstract readonly code: string
  /** Whether the same call may succeed later. */
  readonly retryable: boolean = false
  /** Whether the program must end: to go on would lose or falsify what it knows. */
  readonly fatal: boolean = false
  /** What an operator needs to act, already printable. Never secrets, never raw bytes. */
  readonly facts: Readonly<Record<string, string>>

  constructor(message: string, facts: Record<string, string | number | bigint> = {}, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.facts = Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, String(value)]))
  }
}
