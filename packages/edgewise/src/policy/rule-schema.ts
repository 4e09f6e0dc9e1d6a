/**
 * The shape of a rule, each key with the help an editor shows. What is wrong with one key alone is said here; what two
 * keys say against each other is in contradictions.ts.
 */
import { z } from 'zod'
import { MAX_MS, TASK_NAME } from './limits.ts'
import type { Commit, Rule } from './types.ts'

/** A key that may be left out, with its help. */
export function optional<T extends z.ZodType>(schema: T, help: string): z.ZodExactOptional<T> {
  return z.exactOptional(schema.describe(help))
}

export const milliseconds: z.ZodType<number> = z.int().positive().max(MAX_MS)
const count = z.int().positive()
const dollars = z.number().positive()
const name = z
  .string()
  .regex(TASK_NAME, 'use a name such as "complete": a letter, then up to 63 letters, digits, dots, _ and -')

const certificate = z.string().min(1).max(200)

const builtInSignals = ['meanLogprob', 'minLogprob', 'margin', 'length', 'schema', 'agreement'] as const

const escalate = z.strictObject({
  signal: z
    .union([z.enum(builtInSignals), name])
    .describe(
      'meanLogprob and minLogprob: mean and least natural log-probability of the tokens. margin: least gap between the log-probabilities of the first and the second choice. length: tokens, at most. schema: the answer is JSON of the schema asked for. agreement: share of samples that say the same. Any other: a function the host registered under this name.',
    ),
  threshold: optional(
    z.number(),
    'The least value that passes; for length the largest. Log-probabilities are 0 or less, agreement is 0 to 1, schema has none.',
  ),
  samples: optional(
    z.int().min(2).max(16),
    'For agreement: short samples drawn beside the answer. Default 3.',
  ),
  certificate: optional(
    certificate,
    'The certificate this threshold was proven with; without a threshold its own is taken. While it is not in force, calls go to the cloud first.',
  ),
})

const commit = z
  .union([
    z.enum(['first-output', 'whole-answer', 'valid-json']),
    z.strictObject({ tokens: count.describe('Tokens of the device.') }),
  ])
  .describe(
    'When the caller may see the first word; until then another place can still answer. Default: whole-answer with escalate, else first-output.',
  ) satisfies z.ZodType<Commit>

export const places = ['device-only', 'prefer-device', 'prefer-cloud', 'cloud-only', 'race'] as const

export const ruleSchema: z.ZodType<Rule> = z.strictObject({
  place: z
    .enum(places)
    .describe(
      'device-only: never leaves. prefer-device: the device, then the cloud. prefer-cloud: the cloud, then the device. cloud-only: the cloud or an error. race: both at once, who commits first answers.',
    ),
  privacy: optional(
    z.enum(['nothing-leaves', 'structured-only', 'redacted', 'anything']),
    'What may leave the device. nothing-leaves: no connection is opened (device-only). structured-only: of JSON the numbers and placeholders, no free text. redacted: identifiers and names leave as placeholders. anything: the call as it is. Default: nothing-leaves for device-only, else anything.',
  ),
  deviceTask: optional(name, "What the device model is asked to do. Default: the task's own name."),
  deviceModel: optional(
    z.string().min(1).max(1000),
    "A GGUF file, from the policy's folder, that answers this task on the device. Default: the one device model of the host.",
  ),
  instructions: optional(
    z.string().min(1),
    'A system message for the cloud, and for a device model that reads one; used when the caller sent none.',
  ),
  deadlineMs: optional(
    z.strictObject({
      firstToken: optional(milliseconds, 'Milliseconds from the call to the first output the caller sees.'),
      total: optional(milliseconds, 'Milliseconds from the call to the end of the answer.'),
    }),
    'After these milliseconds the call ends with an error, whatever is still running. Default: none.',
  ),
  hedgeAfterMs: optional(
    milliseconds,
    'The second place starts when the first has not committed after so many milliseconds; who commits first answers.',
  ),
  budget: optional(
    z.strictObject({
      perDayUsd: optional(dollars, 'US dollars of the cloud in a UTC day, over all callers.'),
      perUserPerDayUsd: optional(dollars, 'US dollars of the cloud in a UTC day, for each user.'),
    }),
    'When it is spent, the cloud is not asked any more that day. Default: none.',
  ),
  maxInputTokens: optional(
    count,
    'Longer inputs go to the cloud first: tokens as the device model counts them.',
  ),
  escalate: optional(
    z.array(escalate).min(1, 'name at least one signal, or leave "escalate" out').max(16),
    "The bars of the device's answer. It must reach all of them, else the call goes to the cloud.",
  ),
  audit: optional(
    z.strictObject({
      share: z
        .number()
        .gt(0)
        .max(1)
        .describe('The share of calls that is audited, drawn at random: above 0, at most 1.'),
      perDayUsd: optional(dollars, 'US dollars that audits may cost in a UTC day, besides the budget.'),
    }),
    "Of this share of calls the device's answer is compared with the cloud's, after the caller has his. Default: of none.",
  ),
  commit: z.exactOptional(commit),
  offline: optional(
    z.enum(['device', 'fail']),
    "When the cloud cannot be had: device takes the device's answer, also one under its bars; fail ends with an error. Default: device (fail for cloud-only).",
  ),
  cache: optional(
    z.strictObject({
      ttlSeconds: count.max(10 * 366 * 86_400).describe('How long an answer is given again, in seconds.'),
      semantic: optional(
        z.strictObject({
          minSimilarity: z
            .number()
            .gt(0)
            .max(1)
            .describe('The least cosine similarity at which two texts mean the same: above 0, at most 1.'),
        }),
        'Also to a call that means the same. Without it, only to the same call.',
      ),
    }),
    'Answers are kept on the device and given again. Default: none are.',
  ),
  select: optional(
    z.strictObject({ maxTokens: count.describe('Tokens of context that go up, at most.') }),
    'Of a long context only the passages that the question needs go up, in their order. Default: all of it goes up.',
  ),
  compress: optional(
    z.strictObject({
      keep: z.number().gt(0).lt(1).describe('The share of tokens that stays, between 0 and 1.'),
      certificate: certificate.describe('The certificate that this task stands it.'),
    }),
    'Tokens of low information are dropped from what goes up. Only with a certificate for the task.',
  ),
  store: optional(
    z.strictObject({
      consented: z.literal(true).describe('That the users of this task agreed.'),
      days: z.int().min(1).max(3650).describe('Days until prompts and answers are deleted.'),
    }),
    'Prompts and answers of this task may be stored on this machine, redacted. Default: they are not.',
  ),
})
