import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { raisedMessage } from '../../src/notify/message.ts'
import { fillTemplate, templateFault } from '../../src/notify/template.ts'
import { blind } from './messages.ts'

const chat = '{"text": "{{title}}\\n{{ body }}", "level": ["{{level}}"]}'

describe('a body template', () => {
  test('makes JSON that says what the message says, whatever that is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (title, body) => {
        const filled = fillTemplate(chat, { ...raisedMessage(blind, 0), title, body })
        expect(JSON.parse(filled)).toEqual({ text: `${title}\n${body}`, level: ['critical'] })
      }),
    )
  })

  test('does not read what it has filled in as another template', () => {
    const message = { ...raisedMessage(blind, 0), title: '{{body}} $& $1' }
    expect(JSON.parse(fillTemplate('{"a": "{{title}}"}', message))).toEqual({ a: '{{body}} $& $1' })
  })

  test.each([
    ['{"text": {{title}}}', 'inside a string'],
    ['title={{title}}', 'expected JSON'],
    ['{"text": "{{title}}"', 'expected JSON'],
    ['{"text": "{{titel}}"}', '{{titel}} names nothing'],
    ['{"text": "{{constructor}}"}', 'names nothing'],
  ])('%s is refused', (template, because) => {
    expect(templateFault(template)).toContain(because)
  })

  test('of chat services is taken', () => {
    expect(templateFault(chat)).toBeUndefined()
    expect(templateFault('{"content": "**{{title}}**\\n{{body}}"}')).toBeUndefined()
  })
})
