import { afterEach, describe, expect, test } from '@jest/globals'
import { openGate } from '../../../devnet/drill/gate.ts'
import { serveJson } from '../../../devnet/operator/json-server.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function start() {
  const seen: unknown[] = []
  const node = await serveJson({ port: 0 }, ({ body }) => {
    seen.push(body)
    return Promise.resolve({ status: 200, body: { result: body } })
  })
  const gate = await openGate(node.url)
  closing.push(node.close, gate.close)
  const ask = async (body: unknown) => {
    const response = await fetch(gate.url, { method: 'POST', body: JSON.stringify(body) })
    return response.json()
  }
  return { seen, gate, ask }
}

const estimate = { id: 1, method: 'eth_estimateGas', params: [{ data: '0xdf2933e2' }] }
const head = { id: 2, method: 'eth_blockNumber' }

describe("the gate before the guard's node", () => {
  test('lets calls and batches through as they are', async () => {
    const { gate, ask } = await start()
    expect(await ask(head)).toEqual({ result: head })
    expect(await ask([head, estimate])).toEqual({ result: [head, estimate] })
    expect(gate.answered()).toBe(2)
  })

  test('holds what it is told to hold, alone or in a batch, until it is released, and nothing else', async () => {
    const { seen, gate, ask } = await start()
    const held = gate.hold(({ method }) => method === 'eth_estimateGas')
    const waiting = [ask(estimate), ask([head, estimate])]
    await held.arrived
    await ask(head)
    expect(seen).toEqual([head])
    held.release()
    await Promise.all(waiting)
    expect(seen).toHaveLength(3)
    await ask(estimate)
    expect(seen).toHaveLength(4)
  })

  test('passes on what is no JSON-RPC', async () => {
    const { ask } = await start()
    expect(await ask(7)).toEqual({ result: 7 })
  })
})
