import { alarmLevels, type Alarm, type AlarmLevel, type Matter } from '../lib/alarm.ts'
import { advice } from './advice.ts'

/** What a person reads: `title` and `body` are one line each, and the body of a sum one more for each matter it names. */
export type Message = {
  state: 'raised' | 'over' | 'test'
  level: AlarmLevel
  kind: string
  subject: string
  /** What happened. */
  title: string
  /** What the guard does, until when something can be done, and what a person should do. */
  body: string
  /** When it was noticed, in ISO 8601. */
  at: string
}

/** @param at - Milliseconds of wall time. */
export function raisedMessage(alarm: Alarm, at: number): Message {
  const { kind, level, message } = alarm
  const { does, until, todo } = advice[kind]
  const limit = instant(alarm.until)
  return {
    ...{ state: 'raised', level, kind },
    subject: oneLine(alarm.subject),
    title: oneLine(`Plasma Guard, ${level}: ${message}`),
    body: oneLine(`${does} ${limit === undefined ? until : `Something can be done until ${limit}.`} ${todo}`),
    at: iso(at),
  }
}

/** The all-clear for what was said before. */
export function overMessage(said: Message, at: number): Message {
  return {
    ...said,
    state: 'over',
    title: oneLine(said.title.replace(/^Plasma Guard, [a-z]+:/, 'Plasma Guard, over:')),
    body: `It lasted from ${said.at} to ${iso(at)}. Nothing more need be done about it.`,
    at: iso(at),
  }
}

export function testMessage(at: number): Message {
  return {
    ...{ state: 'test', level: 'info', kind: 'test', subject: 'plasma-guard notify test' },
    title: 'Plasma Guard, test: this is how an alarm reaches you.',
    body: 'The guard does nothing about it. There is no time limit. Nothing need be done.',
    at: iso(at),
  }
}

const MOST_NAMED = 10

/** One message for many, the gravest first. */
export function sumUp([first, ...more]: readonly [Message, ...Message[]]): Message {
  if (more.length === 0) return first
  const named = more.slice(0, MOST_NAMED).map(({ title }) => `- ${title}`)
  const unnamed = more.length > MOST_NAMED ? ['- …'] : []
  return {
    ...first,
    title: oneLine(`${first.title} And ${more.length} more.`),
    body: [first.body, `And ${more.length} more:`, ...named, ...unnamed].join('\n'),
  }
}

export function matterOf({ kind, subject }: Matter): string {
  return `${kind}:${subject}`
}

export function gravity(level: AlarmLevel): number {
  return alarmLevels.indexOf(level)
}

const MOST_CHARACTERS = 600

/** Parts of it were written by strangers: no line of theirs, no control character, no end without an end. */
function oneLine(text: string): string {
  const flat = text.replace(/[\s\p{C}]+/gu, ' ').trim()
  return flat.length > MOST_CHARACTERS ? `${flat.slice(0, MOST_CHARACTERS - 1)}…` : flat
}

/** Undefined for what no calendar holds. */
function instant(seconds: bigint | undefined): string | undefined {
  if (seconds === undefined || seconds > 253_402_300_799n) return undefined
  return iso(Number(seconds) * 1_000)
}

function iso(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')
}
