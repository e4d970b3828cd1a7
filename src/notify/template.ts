import type { Message } from './message.ts'

const NAME = /\{\{\s*([a-z]+)\s*\}\}/g

/** Every character that could end a JSON string or start another one. */
const HOSTILE = '"},{\\\n\u2028\'{{title}}'

const sample: Message = {
  ...{ state: 'test', level: 'info', kind: HOSTILE, subject: HOSTILE, title: HOSTILE, body: HOSTILE, at: HOSTILE },
}

/**
 * Fills a body template: `{{title}}`, `{{body}}` and the other names of a {@link Message}, each inside a JSON string.
 *
 * @example
 * fillTemplate('{"text": "{{title}}"}', message)
 */
export function fillTemplate(template: string, message: Message): string {
  return template.replace(NAME, (whole, name: string) => {
    const value = valueOf(message, name)
    return value === undefined ? whole : JSON.stringify(value).slice(1, -1)
  })
}

/** What is wrong with a template, for a person; undefined when it makes JSON of every message. */
export function templateFault(template: string): string | undefined {
  for (const [whole, name = ''] of template.matchAll(NAME)) {
    if (valueOf(sample, name) === undefined) {
      return `${whole} names nothing: use ${Object.keys(sample)
        .map((each) => `{{${each}}}`)
        .join(', ')}`
    }
  }
  try {
    JSON.parse(fillTemplate(template, sample))
    return undefined
  } catch {
    return 'expected JSON with every {{name}} inside a string'
  }
}

function valueOf(message: Message, name: string): string | undefined {
  return Object.hasOwn(message, name) ? message[name as keyof Message] : undefined
}
