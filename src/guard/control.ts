import { randomBytes } from 'node:crypto'
import { removeControlFile, writeControlFile } from '../api/control-file.ts'
import { createControlListener } from '../api/control-listener.ts'
import type { ControlRoutes, OpenRoutes } from '../api/control-route.ts'
import type { Config } from '../config.ts'
import type { Logger } from '../lib/logger.ts'

/** Only programs of this host reach it. */
const HOST = '127.0.0.1'

/**
 * Serves the daemon's control API from now on until the function that it returns is called, and says in the data
 * directory where and with which token. A port that another program holds is no reason not to guard: then it is any.
 */
export async function openControl(
  { control: { port }, data }: Pick<Config, 'control' | 'data'>,
  { routes, open, log }: { routes: ControlRoutes; open: OpenRoutes; log: Logger },
): Promise<() => Promise<void>> {
  const token = randomBytes(32).toString('hex')
  let listener = createControlListener({ routes, open, token, log })
  const listen = async (at: number) => ({ url: await listener.listen({ host: HOST, port: at }), token })
  const told = await listen(port).catch(async (error: unknown) => {
    if (!isTaken(error)) throw error
    log.info({ port }, 'control port is taken, another one is used')
    await listener.close()
    listener = createControlListener({ routes, open, token, log })
    return listen(0)
  })
  writeControlFile(data, told)
  log.info({ url: told.url }, 'control api listens')
  return async () => {
    removeControlFile(data, told)
    await listener.close()
  }
}

function isTaken(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false
  return error.code === 'EADDRINUSE' || error.code === 'EACCES'
}
