/** Lets everything else that is ready run first. */
export function giveWay(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
