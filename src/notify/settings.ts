import { z } from 'zod'
import { alarmLevels } from '../lib/alarm.ts'
import { templateFault } from './template.ts'

const url = z.url({ protocol: /^https?$/, error: 'expected an http(s) URL' })
const levels = z
  .array(z.enum(alarmLevels))
  .min(1)
  .default([...alarmLevels])

const template = z.string().superRefine((text, context) => {
  const fault = templateFault(text)
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
})

/** A line break would start a header of its own. */
const mailbox = z.string().regex(/^[^\r\n]*[^\s@]+@[^\s@]+$/, 'expected a mail address')

const smtp = z
  .url({ protocol: /^smtps?$/, error: 'expected smtp://HOST:PORT or smtps://HOST:PORT' })
  .refine((text) => new URL(text).password === '', 'the password belongs into passwordFile')

const mail = z
  .strictObject({
    smtp,
    passwordFile: z.string().optional(),
    from: mailbox,
    to: z.union([mailbox.transform((one) => [one]), z.array(mailbox).min(1)], 'expected a mail address, or several'),
    levels,
  })
  .refine(({ smtp: line, passwordFile }) => (new URL(line).username === '') === (passwordFile === undefined), {
    path: ['passwordFile'],
    error: 'a user in smtp and a passwordFile belong together',
  })

const webhook = z.strictObject({ url, secretFile: z.string().optional(), template: template.optional(), levels })

/** Who is told of alarms, as `guard.yml` says it. */
export const notifySettings = z.strictObject({
  webhooks: z.array(webhook).default([]),
  mail: mail.optional(),
  heartbeat: z.strictObject({ url, everySeconds: z.number().int().min(5).max(86_400) }).optional(),
})

export type NotifySettings = z.output<typeof notifySettings>
