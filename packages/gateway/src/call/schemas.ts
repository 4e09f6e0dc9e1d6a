/** What both APIs ask of the same fields. */
import * as z from 'zod'
import type { ReasoningEffort } from './to-call-options.ts'
import type { FunctionSpec } from './to-tools.ts'

export const jsonObject: z.ZodType<Record<string, unknown>> = z.record(z.string(), z.unknown())

/** Characters. A name becomes the key of a budget, of answers that are kept, of a set of placeholders. */
export const MAX_LABEL = 512

/** A caller's name for its user. */
export const label: z.ZodType<string> = z.string().min(1).max(MAX_LABEL)

export const functionSpec: z.ZodType<FunctionSpec> = z.object({
  name: z.string().regex(/^[a-zA-Z0-9_.-]{1,128}$/, 'must be 1 to 128 of a-z, A-Z, 0-9, _, . and -'),
  description: z.string().nullish(),
  parameters: jsonObject.nullish(),
  strict: z.boolean().nullish(),
})

type NumberField = z.ZodType<number | null | undefined>

export const settings: {
  readonly count: NumberField
  readonly temperature: NumberField
  readonly topP: NumberField
  readonly penalty: NumberField
  readonly topLogprobs: NumberField
  readonly effort: z.ZodType<ReasoningEffort | null | undefined>
} = {
  count: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  topP: z.number().min(0).max(1).nullish(),
  penalty: z.number().min(-2).max(2).nullish(),
  topLogprobs: z.int().min(0).max(20).nullish(),
  effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']).nullish(),
}
