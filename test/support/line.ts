import { connect, createServer, type Socket } from 'node:net'
import { once } from 'node:events'

/** A wire to a server that a test can cut and mend; its address stays the same. */
export type Line = { url: string; cut: () => Promise<void>; mend: () => Promise<void>; close: () => Promise<void> }

/** `target`: where it leads; undefined while that is not there yet. */
export async function layLine(target: () => string | undefined): Promise<Line> {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const url = target()
    if (url === undefined) {
      near.destroy()
      return
    }
    const far = connect(Number(new URL(url).port), '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.pipe(far).pipe(near)
  })
  async function listen(port: number): Promise<number> {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    return typeof address === 'object' && address ? address.port : 0
  }
  async function cut(): Promise<void> {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  const port = await listen(0)
  return {
    url: `http://127.0.0.1:${port}`,
    cut,
    mend: async () => {
      await listen(port)
    },
    close: cut,
  }
}
