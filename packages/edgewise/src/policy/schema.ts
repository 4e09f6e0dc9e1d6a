/**
 * The shape of a policy: strict, so that a key nobody reads is refused, because a setting that is silently ignored is one
 * that lets text out. Reading is in parse.ts, what contradicts itself in contradictions.ts.
 */
import { z } from 'zod'
import { holdsKey, isKeyLike } from './key-shapes.ts'
import { TASK_NAME } from './limits.ts'
import { milliseconds, optional, ruleSchema } from './rule-schema.ts'
import type { Policy } from './types.ts'

const dollars = z.number().nonnegative()

const prices = {
  inputPerMTok: dollars.describe('US dollars per million input tokens.'),
  cachedInputPerMTok: optional(
    dollars,
    'Of input tokens that the provider had cached. Default: the same as inputPerMTok.',
  ),
  outputPerMTok: dollars.describe('US dollars per million output tokens.'),
}

const asOf = z.iso.date('use a date such as "2026-08-05"')
const source = z.string().min(1)

const price = z.strictObject({
  ...prices,
  asOf: optional(asOf, 'The day the price was true, such as 2026-08-05.'),
  source: optional(source, 'Where the price was read.'),
})

const NOT_A_NAME =
  'this is the NAME of the environment variable, such as "OPENAI_API_KEY"; a key never stands in the policy'

const cloud = z.strictObject({
  baseURL: z
    .string()
    .refine(isBaseURL, {
      error:
        'use an http or https address without user, query, hash or key, such as "https://api.openai.com/v1"; the key goes into an environment variable',
    })
    .describe('Of an OpenAI-compatible API, with the version, such as https://api.openai.com/v1.'),
  model: z.string().min(1).describe('The model, as this API calls it.'),
  apiKeyEnv: optional(
    z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: NOT_A_NAME, abort: true })
      .refine((name) => !isKeyLike(name), { error: NOT_A_NAME }),
    'The NAME of the environment variable that holds the key. Without it, no key is sent.',
  ),
  firstTokenMs: optional(
    milliseconds,
    'Milliseconds until the first output, retries included; then the cloud counts as failed. Default 10,000.',
  ),
  wholeMs: optional(
    milliseconds,
    'Milliseconds until the end of an answer that nobody streams and no other place could give. Default 120,000.',
  ),
  idleMs: optional(
    milliseconds,
    'Milliseconds between two parts of the answer; then it counts as broken. Default 15,000.',
  ),
  retries: optional(
    z.int().min(0).max(10),
    'How often a call that failed before its first output is sent again, where that can help. Default 2.',
  ),
  price: optional(price, 'What the cloud costs: the receipt says it, a budget is held against it.'),
  embedding: optional(
    z.strictObject({
      model: z.string().min(1).describe('The model, as this API calls it.'),
      inputPerMTok: optional(dollars, 'US dollars per million tokens.'),
    }),
    'A model of the same API for embeddings. Texts go to it only under "privacy": "anything".',
  ),
  rehearsal: optional(
    z.literal(true),
    'This cloud is a rehearsal (edgewise rehearse): every receipt says so and nothing counts as saved.',
  ),
})

const reference = z.strictObject({
  ...prices,
  model: z.string().min(1).describe('The model whose price this is.'),
  asOf: asOf.describe('The day the price was true, such as 2026-08-05.'),
  source: source.describe('Where the price was read.'),
})

const needles = z
  .array(z.string().min(1).max(200))
  .min(1, 'name at least one text, or leave this key out')
  .max(32)
const characters = z.int().nonnegative()

const match = z.strictObject({
  task: z
    .string()
    .regex(TASK_NAME, 'use the name of a task of this policy')
    .describe('The task of the calls that fit.'),
  when: z
    .strictObject({
      systemContains: optional(needles, 'Any of these stands in the system message, in any case.'),
      userContains: optional(needles, 'Any of these stands in the last user message, in any case.'),
      minChars: optional(characters, 'Characters of all messages, at least.'),
      maxChars: optional(characters, 'Characters of all messages, at most.'),
      hasTools: optional(z.boolean(), 'Whether the call offers tools.'),
      wantsJson: optional(z.boolean(), 'Whether a JSON answer is asked for.'),
    })
    .describe('Conditions, all of which must hold.'),
})

export const policySchema: z.ZodType<Policy> = z.strictObject({
  $schema: optional(z.string(), 'The JSON Schema of this file, for editors.'),
  version: z.literal(1).describe('Of this format: 1.'),
  cloud: optional(
    cloud,
    'The cloud that is asked. Without it, whatever may go there stays on the device or fails.',
  ),
  reference: optional(
    reference,
    'A published price, to say what an answer on the device would have cost; used when cloud.price is absent.',
  ),
  tasks: z
    .record(z.string().regex(TASK_NAME), ruleSchema)
    .describe('A rule for each task. A call that names a task the policy lacks is refused.'),
  match: optional(
    z.array(match).min(1, 'name at least one rule, or leave "match" out').max(64),
    'For calls that name no task: the first of these whose conditions hold names it.',
  ),
  default: ruleSchema.describe('The rule for calls that name no task and match none.'),
})

function isBaseURL(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false
  const { username, password, search, hash, pathname } = new URL(text)
  return username === '' && password === '' && search === '' && hash === '' && !holdsKey(pathname)
}
