import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'

/** What the server has taken: the addresses of the envelope and the mail itself. */
type Taken = { from: string; to: string[]; mail: string }

type Temper = {
  /** Never says a word. */
  silent?: boolean
  /** Hangs up after this command. */
  hangsUpAt?: string
  /** Refuses this command, with this line. */
  refuses?: Readonly<Record<string, string>>
  /** Says a little every 50 ms and never comes to an end. */
  drips?: boolean
}

/** A mail server on the loopback that speaks as much SMTP as a sender needs, without TLS. */
export async function startSmtpServer(temper: Temper = {}) {
  const taken: Taken[] = []
  const heard: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    if (temper.silent) return
    if (temper.drips) {
      const drip = setInterval(() => socket.write('220-wait\r\n'), 50)
      socket.on('close', () => {
        clearInterval(drip)
      })
      return
    }
    converse(socket, temper, { taken, heard })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    ...{ port, taken, heard },
    url: `smtp://127.0.0.1:${port}`,
    open: () => sockets.size,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function converse(socket: Socket, temper: Temper, { taken, heard }: { taken: Taken[]; heard: string[] }): void {
  let mail: Taken = { from: '', to: [], mail: '' }
  let inData = false
  let rest = ''
  const say = (line: string) => socket.write(`${line}\r\n`)
  const answers: Record<string, (line: string) => void> = {
    EHLO: () => say('250 test.example'),
    MAIL: (line) => {
      mail = { from: /<(.*?)>/.exec(line)?.[1] ?? '', to: [], mail: '' }
      say('250 ok')
    },
    RCPT: (line) => {
      mail.to.push(/<(.*?)>/.exec(line)?.[1] ?? '')
      say('250 ok')
    },
    DATA: () => {
      inData = true
      say('354 go on')
    },
    QUIT: () => {
      say('221 bye')
      socket.end()
    },
  }
  say('220 test.example')
  socket.on('data', (bytes) => {
    rest += bytes.toString()
    for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
      const line = rest.slice(0, end)
      rest = rest.slice(end + 2)
      if (inData) {
        if (line !== '.') mail.mail += `${line}\n`
        else {
          inData = false
          taken.push(mail)
          say('250 taken')
        }
        continue
      }
      heard.push(line)
      const verb = line.slice(0, 4).toUpperCase()
      if (temper.hangsUpAt === verb) return void socket.destroy()
      const refusal = temper.refuses?.[verb]
      if (refusal === undefined) (answers[verb] ?? (() => say('502 what?')))(line)
      else say(refusal)
    }
  })
}
