/** The answer inside elixir-omg's envelope. */
export type Answer = { success: boolean; data: unknown }

export function success(data: unknown): Answer {
  return { success: true, data }
}

export function failure(code: string, description: string | null = null): Answer {
  return { success: false, data: { object: 'error', code, description } }
}

/** What elixir-omg says of a parameter that is missing or of the wrong shape. */
export function badParameter(parameter: string, validator: string): Answer {
  const description = 'Parameters required by this operation are missing or incorrect.'
  const messages = { validation_error: { parameter, validator } }
  return { success: false, data: { object: 'error', code: 'operation:bad_request', description, messages } }
}

/** Wraps an answer as a child chain or a Watcher sends it. */
export function envelope(serviceName: 'child_chain' | 'watcher', answer: Answer): Record<string, unknown> {
  return { version: '1.0.5+devnet', service_name: serviceName, ...answer }
}
