/**
 * The shape of a use case as a file has it: strict, so that an answer nobody reads is refused, and with what may be left out
 * (defaults.ts). The help of each key is what an editor shows. What one answer says against another is in contradictions.ts.
 */
import { z } from 'zod'

/** A key that may be left out, with its help. */
function optional<T extends z.ZodType>(schema: T, help: string): z.ZodExactOptional<T> {
  return z.exactOptional(schema.describe(help))
}

export const kinds = ['classify', 'extract', 'rewrite', 'generate', 'reason', 'search'] as const
export const privacies = ['nothing-leaves', 'structured-only', 'redacted', 'anything'] as const

/** More calls than all people together make in a month, and more users than there are people, are a slip. */
const MOST_CALLS = 1e12
const MOST_USERS = 1e10
const MOST_TOKENS = 10_000_000

const id = z.string().min(1).max(100)
const share = z.number().min(0).max(1)
const name = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/,
    'use a name such as "triage": a letter, then up to 63 letters, digits, dots, _ and -',
  )

const estimate = z.strictObject({
  value: z.number().min(0).describe('The share.'),
  low: z.number().min(0).describe('The lower end of its 95 % interval.'),
  high: z.number().min(0).describe('The upper end.'),
})

const measured = z.strictObject({
  who: id.describe('A model by its id, cloud, or linear (a linear classifier, or any way without an LLM).'),
  right: z.number().min(0).describe('Answers that were right, or the sum of their scores.'),
  of: z.int().min(1).max(1e9).describe('Examples.'),
  low: optional(share, 'Lower end of the 95 % interval of the share that was right. Default: the exact one.'),
  high: optional(share, 'Upper end. Default: the exact one.'),
  kept: optional(
    z.nullable(estimate),
    "The share of the cloud's quality on the same examples. Default: from both shares, as if the examples were others.",
  ),
})

const device = z.strictObject({
  device: id.describe('By its id in the facts, such as iphone-15.'),
  share: z.number().gt(0).max(1).describe('Of the users: above 0, all together 1.'),
  runtime: optional(id, 'Such as llama.cpp, MLX, ExecuTorch, edgewise. Default: the usual one of its class.'),
  backend: optional(z.enum(['cpu', 'gpu', 'npu']), 'Default: the usual one of its class.'),
})

export const useCaseSchema: z.ZodType<UseCaseInput> = z.strictObject({
  $schema: optional(z.string(), 'The JSON Schema of this file, for editors.'),
  name: z.string().trim().min(1).max(200).describe('What people call it.'),
  task: optional(name, 'The name of the task in the policy. Default: made of the name.'),
  fit: z
    .strictObject({
      kind: z
        .enum(kinds)
        .describe(
          'What the answer is. classify: one of few labels. extract: fields. rewrite: the same text, mended or shorter. generate: new text. reason: several steps. search: which of many fits.',
        ),
      models: optional(
        z.array(id).max(100),
        'Candidates, by their ids in the facts. Default: all small ones that are known.',
      ),
      keep: optional(
        z.number().gt(0).max(1),
        "Share of the cloud's quality that must be kept, above 0, at most 1. Default 0.95.",
      ),
      measured: optional(
        z.array(measured).max(100),
        'What was right of your own examples, for each model. Default: nothing was measured.',
      ),
    })
    .describe('Question 1: does the task fit a small model?'),
  latency: z
    .strictObject({
      targetMs: z.number().gt(0).max(3_600_000).describe('Milliseconds.'),
      of: optional(
        z.enum(['first-token', 'whole-answer']),
        'Until the first word, or until the answer is whole. Default first-token.',
      ),
      share: optional(
        z.number().gt(0).max(1),
        'Share of users for whom it must hold: above 0, at most 1. Default 0.9.',
      ),
    })
    .describe('Question 2: how fast?'),
  privacy: z
    .enum(privacies)
    .describe(
      'Question 3: what may leave the device. nothing-leaves; structured-only: of JSON the numbers, no text; redacted: with placeholders for names and identifiers; anything.',
    ),
  offline: z
    .enum(['must', 'better', 'no'])
    .describe('Question 4: must it work without a network, would that be better, or does it not matter?'),
  volume: z
    .strictObject({
      callsPerMonth: z.number().min(0).max(MOST_CALLS).describe('Of all users together.'),
      users: z.number().min(1).max(MOST_USERS).describe('Who have it on their devices.'),
      promptTokens: z.int().min(1).max(MOST_TOKENS).describe('Of a call, on average.'),
      outputTokens: z.int().min(1).max(MOST_TOKENS).describe('Of an answer, on average.'),
      cachedShare: optional(share, 'Share of prompt tokens that the provider would have cached. Default 0.'),
    })
    .describe('Question 5: how much?'),
  cloud: z
    .strictObject({
      model: id.describe('By its id in the price list, such as gpt-5-nano.'),
      firstTokenMs: optional(
        z.number().gt(0).max(3_600_000),
        'Milliseconds until the first word, as your users see it. Default 500, an assumption.',
      ),
      decodeTps: optional(
        z.number().gt(0).max(100_000),
        'Tokens a second after the first. Default 80, an assumption.',
      ),
    })
    .describe('The cloud it is compared with.'),
  fleet: z
    .union([id, z.array(device).min(1, 'name at least one device').max(500)])
    .describe(
      'Who uses it: devices with shares that add up to 1, or the name of a preset, such as phones-mixed.',
    ),
  engineering: optional(
    z.strictObject({
      days: optional(
        z.number().min(0).max(100_000),
        "Days for the device's side in its first year. Default 20, an assumption.",
      ),
      usdPerDay: optional(z.number().min(0).max(100_000), 'Default 600, an assumption.'),
      months: optional(z.number().min(1).max(120), 'Over which days and downloads are spread. Default 12.'),
      egressUsdPerGB: optional(
        z.number().min(0).max(10),
        'US dollars for each GB that users download. Default 0.05, an assumption.',
      ),
    }),
    "What the device's side costs to build and to bring to its users.",
  ),
})

/** What a file says: the answers that must be there, and what may be left out. */
export interface UseCaseInput {
  readonly $schema?: string
  readonly name: string
  readonly task?: string
  readonly fit: {
    readonly kind: (typeof kinds)[number]
    readonly models?: readonly string[]
    readonly keep?: number
    readonly measured?: readonly MeasuredInput[]
  }
  readonly latency: {
    readonly targetMs: number
    readonly of?: 'first-token' | 'whole-answer'
    readonly share?: number
  }
  readonly privacy: (typeof privacies)[number]
  readonly offline: 'must' | 'better' | 'no'
  readonly volume: {
    readonly callsPerMonth: number
    readonly users: number
    readonly promptTokens: number
    readonly outputTokens: number
    readonly cachedShare?: number
  }
  readonly cloud: { readonly model: string; readonly firstTokenMs?: number; readonly decodeTps?: number }
  readonly fleet: string | readonly DeviceInput[]
  readonly engineering?: {
    readonly days?: number
    readonly usdPerDay?: number
    readonly months?: number
    readonly egressUsdPerGB?: number
  }
}

export interface MeasuredInput {
  readonly who: string
  readonly right: number
  readonly of: number
  readonly low?: number
  readonly high?: number
  readonly kept?: { readonly value: number; readonly low: number; readonly high: number } | null
}

export interface DeviceInput {
  readonly device: string
  readonly share: number
  readonly runtime?: string
  readonly backend?: 'cpu' | 'gpu' | 'npu'
}
