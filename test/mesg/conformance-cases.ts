import type { JsonObject } from '../../src/engine/json.ts'

/** One way to use an engine: processes, what is emitted, and the service that gives the answers. */
export type Case = {
  what: string
  processes: readonly (readonly string[])[]
  events: readonly JsonObject[]
  /** Tasks that do not do what they usually do. */
  tasks?: Record<string, (inputs: JsonObject) => Promise<unknown>>
  /** `process node task inputs -> outcome`, in any order. */
  executions: readonly string[]
}

const order = (more: JsonObject = {}): JsonObject => ({ id: '7', kind: 'rye', count: 2, ...more })
const bake = '{ key: bake, type: task, taskKey: bake, inputs: { id: { key: id } } }'
const sell = '{ key: sell, type: task, taskKey: sell, inputs: { id: { key: id } } }'
const tellAll = '{ key: tell, type: task, taskKey: tell }'
const tell = (input: string) => `{ key: tell, type: task, taskKey: tell, inputs: { anything: ${input} } }`
const baked = 'p0 bake bake {"id":"7"} -> {"id":"7","loaf":{"name":"rye","slices":[10,20]}}'
const sold = 'p0 sell sell {"id":"7"} -> {"id":"7","receipt":"paid"}'
const told = (inputs: string) => `p0 tell tell ${inputs} -> {}`

/** What a person who writes processes can rely on, whoever runs them. */
export const cases: readonly Case[] = [
  {
    what: 'a task gets what the one before gave',
    processes: [[bake, sell]],
    events: [order()],
    executions: [baked, sold],
  },
  {
    what: 'a task without inputs gets all of it, undeclared fields too',
    processes: [[tellAll]],
    events: [order({ surprise: [1, { a: true }] })],
    executions: [told('{"count":2,"id":"7","kind":"rye","surprise":[1,{"a":true}]}')],
  },
  {
    what: 'a task further up the line can be referred to',
    processes: [[bake, sell, tell('{ key: "loaf.slices[1]", stepKey: bake }')]],
    events: [order()],
    executions: [baked, sold, told('{"anything":20}')],
  },
  {
    what: 'constants, lists, maps and references are put together',
    processes: [[tell('{ a: [1, true, text, { key: id }], b: { c: { key: count } }, d: [], e: {} }')]],
    events: [order()],
    executions: [told('{"anything":{"a":[1,true,"text","7"],"b":{"c":2},"d":[],"e":{}}}')],
  },
  {
    what: 'the trigger cannot be referred to from the second task',
    processes: [[bake, tell('{ key: id, stepKey: order }')]],
    events: [order()],
    executions: [baked],
  },
  {
    what: 'the trigger cannot be referred to from behind a filter, the filter can',
    processes: [
      ['{ key: f, type: filter, conditions: { kind: rye } }', tell('{ key: id, stepKey: order }')],
      ['{ key: f, type: filter, conditions: { kind: rye } }', tell('{ key: id, stepKey: f }')],
    ],
    events: [order()],
    executions: ['p1 tell tell {"anything":"7"} -> {}'],
  },
  {
    what: 'a filter lets pass what is equal in all its fields, and nothing else',
    processes: [
      ['{ key: f, type: filter, conditions: { kind: rye, id: "7" } }', tellAll],
      ['{ key: f, type: filter, conditions: { kind: rye, id: "8" } }', tellAll],
      ['{ key: f, type: filter, conditions: { count: "2" } }', tellAll],
      ['{ key: f, type: filter, conditions: { nothing: there } }', tellAll],
    ],
    events: [order()],
    executions: [told('{"count":2,"id":"7","kind":"rye"}')],
  },
  {
    what: 'a filter behind a task sees what the task gave',
    processes: [[sell, '{ key: f, type: filter, conditions: { receipt: paid } }', tell('{ key: receipt }')]],
    events: [order()],
    executions: [sold, told('{"anything":"paid"}')],
  },
  {
    what: 'the result of a task starts the processes that wait for it, whoever asked for the task',
    processes: [[sell], ['{ key: t, type: trigger, taskKey: sell }', tell('{ key: receipt }')]],
    events: [order()],
    executions: [sold, 'p1 tell tell {"anything":"paid"} -> {}'],
  },
  {
    what: 'a process that a result has started cannot refer to tasks of the one before',
    processes: [
      [bake, sell],
      ['{ key: t, type: trigger, taskKey: sell }', tell('{ key: id, stepKey: bake }'), bake],
    ],
    events: [order()],
    executions: [baked, sold],
  },
  {
    what: 'a missing key ends the branch before the task',
    processes: [[tell('{ key: note }')], [tell('{ key: id.deeper }')], [tell('{ key: "tags[3]" }')]],
    events: [order({ tags: ['a'] })],
    executions: [],
  },
  {
    what: 'inputs that are not as declared make no execution',
    processes: [['{ key: bake, type: task, taskKey: bake, inputs: { id: { key: count } } }']],
    events: [order()],
    executions: [],
  },
  {
    what: 'a task that fails ends the branch, with its message',
    processes: [
      [bake, sell],
      ['{ key: t, type: trigger, taskKey: bake }', tellAll],
    ],
    events: [order()],
    tasks: { bake: () => Promise.reject(new Error('no flour')) },
    executions: ['p0 bake bake {"id":"7"} -> failed: no flour'],
  },
  {
    what: 'a task that throws what is no error fails with a message',
    processes: [[bake, sell]],
    events: [order()],
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    tasks: { bake: () => Promise.reject(undefined) },
    executions: ['p0 bake bake {"id":"7"} -> failed: the task failed without a message'],
  },
  {
    what: 'outputs that are not as declared are a failure',
    processes: [[bake, sell]],
    events: [order()],
    tasks: { bake: async () => ({ id: 7 }) },
    executions: ['p0 bake bake {"id":"7"} -> failed: value of "id" is not a string, value of "loaf" is required'],
  },
  ...Object.entries({ null: null, undefined, bigint: 1n }).map(([what, id]) => ({
    what: `a task that gives ${what} fails`,
    processes: [[bake, sell]],
    events: [order()],
    tasks: { bake: async () => ({ id }) },
    executions: [`p0 bake bake {"id":"7"} -> failed: NOT_JSON: id cannot cross a process engine: ${what}.`],
  })),
  {
    what: 'the same payload runs once, another one runs again',
    processes: [[sell]],
    events: [order(), order(), order({ count: 3 }), order()],
    executions: [sold, sold],
  },
  {
    what: 'a thousand digits, text of every kind and doubles arrive as they were',
    processes: [[tellAll]],
    events: [order({ id: '9'.repeat(1_000), kind: 'ß\u{1f35e}\u0000"\\', count: -0.1, tags: ['', ' '] })],
    executions: [told(`{"count":-0.1,"id":"${'9'.repeat(1_000)}","kind":"ß\u{1f35e}\\u0000\\"\\\\","tags":[""," "]}`)],
  },
  {
    what: 'numbers are doubles, and what is larger goes as text',
    processes: [[tell('[{ key: extra }, { key: id }, "9007199254740993"]')]],
    events: [order({ id: '10000000010000001', extra: [2 ** 53, 1.7976931348623157e308, 5e-324, 0, -1, 1e21] })],
    executions: [
      told(
        '{"anything":[[9007199254740992,1.7976931348623157e+308,5e-324,0,-1,1e+21],"10000000010000001","9007199254740993"]}',
      ),
    ],
  },
  {
    what: 'many events at once are many runs, each with its own data',
    processes: [[bake, sell]],
    events: Array.from({ length: 20 }, (_, at) => order({ id: String(at) })),
    executions: Array.from({ length: 20 }, (_, at) => [
      `p0 bake bake {"id":"${at}"} -> {"id":"${at}","loaf":{"name":"rye","slices":[10,20]}}`,
      `p0 sell sell {"id":"${at}"} -> {"id":"${at}","receipt":"paid"}`,
    ]).flat(),
  },
  {
    what: 'two processes on one event go their own ways',
    processes: [[bake, sell], [sell]],
    events: [order()],
    tasks: { bake: () => Promise.reject(new Error('no flour')) },
    executions: [
      'p0 bake bake {"id":"7"} -> failed: no flour',
      'p1 sell sell {"id":"7"} -> {"id":"7","receipt":"paid"}',
    ],
  },
]
