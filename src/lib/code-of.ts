/** What the system, or a library, calls an error: `ENOENT`, `CERT_HAS_EXPIRED`. Empty when it has no such name. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}
