import { inspect } from 'node:util'

/** A value that no log, error, JSON or inspection shows. */
export type Secret = { reveal: () => string }

/** Hides a key or a password until the one place that needs it asks. */
export function secret(value: string): Secret {
  const hidden = () => '[hidden]'
  const made = Object.freeze({ reveal: () => value, toJSON: hidden, toString: hidden, [inspect.custom]: hidden })
  secrets.add(made)
  return made
}

const secrets = new WeakSet<object>()

/** Whether it was made by {@link secret}; nothing that was parsed ever is. */
export function isSecret(value: unknown): value is Secret {
  return typeof value === 'object' && value !== null && secrets.has(value)
}
