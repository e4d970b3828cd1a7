import type { Deployment } from './deployment.ts'
import { createExitGameReader } from './exit-game.ts'
import { createBlockLocator } from './locate-block.ts'
import { createInFlightExitLocator } from './locate-in-flight-exit.ts'
import { createLogPlacer } from './log-placer.ts'
import { createLogReader } from './logs.ts'
import type { Node } from './node.ts'

/** Finds on our own node what somebody else only names. */
export type Locator = {
  inFlightExit: ReturnType<typeof createInFlightExitLocator>
  block: ReturnType<typeof createBlockLocator>
}

export function createLocator(node: Node, deployment: Deployment): Locator {
  const reader = createExitGameReader(node, deployment)
  const logs = createLogReader(node)
  const place = createLogPlacer(node)
  const { framework, paymentExitGame: exitGame } = deployment
  return {
    inFlightExit: createInFlightExitLocator({ node, exitGame, reader, logs, place }),
    block: createBlockLocator({ node, framework, logs, place }),
  }
}
