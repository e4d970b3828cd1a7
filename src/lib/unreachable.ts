/** Closes a switch over a union: a new member without a case stops the compilation here. */
export function unreachable(value: never): never {
  throw new Error(`Unreachable: ${String(value)}`)
}
