import type { Sight } from './sight.ts'

/** Why the guard cannot do its work now, each reason in one word or a few; empty when it can see and answer. */
export type Unreadiness = () => Promise<readonly string[]>

type Parts = {
  sights: readonly Pick<Sight, 'name' | 'blindness'>[]
  /** Whether the account that answers can pay for an answer. */
  canPay: () => Promise<boolean>
  isPaused: () => boolean
}

/** Asks everything anew; what cannot be found out counts as not ready. */
export function createUnreadiness({ sights, canPay, isPaused }: Parts): Unreadiness {
  return async () => {
    const blind = sights.flatMap(({ name, blindness }) => {
      const because = blindness()
      return because === undefined ? [] : [`${name} does not see: ${because}`]
    })
    const pays = await canPay().catch(() => false)
    return [...blind, ...(pays ? [] : ['the account that answers cannot pay']), ...(isPaused() ? ['paused'] : [])]
  }
}
