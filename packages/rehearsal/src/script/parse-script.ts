/**
 * A script file -> a Script. Unknown keys are refused with the place where they stand: a mistyped condition would
 * otherwise hold for every call.
 */
import * as z from 'zod'
import { RehearsalError } from '../errors.ts'
import { faultSchema } from './faults.ts'
import type { Script } from './types.ts'

const count = z.int().min(1)
const ms = z.number().min(0).max(3_600_000)
const tokens = z.int().min(0)

const when = z.strictObject({
  contains: z.string().min(1).exactOptional(),
  model: z.string().min(1).exactOptional(),
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits')
    .exactOptional(),
  nth: count.exactOptional(),
  every: count.exactOptional(),
})

const answer = z
  .strictObject({
    text: z
      .string()
      .or(z.array(z.string().min(1)))
      .exactOptional(),
    json: z.unknown().optional(),
    toolCalls: z.array(z.strictObject({ name: z.string().min(1), arguments: z.unknown() })).exactOptional(),
    logprobs: z.array(z.number().max(0)).min(1).exactOptional(),
    finishReason: z.enum(['stop', 'length', 'tool_calls', 'content_filter']).exactOptional(),
  })
  .refine((value) => value.text === undefined || value.json === undefined, 'takes text or json, not both')

const rule = z.strictObject({
  when: when.exactOptional(),
  answer: z.string().or(answer).exactOptional(),
  usage: z
    .strictObject({
      input: tokens.exactOptional(),
      cached: tokens.exactOptional(),
      output: tokens.exactOptional(),
    })
    .nullable()
    .exactOptional(),
  firstTokenMs: ms.exactOptional(),
  tokenMs: ms.exactOptional(),
  fault: faultSchema.exactOptional(),
})

const script: z.ZodType<Script> = z.strictObject({ version: z.literal(1), rules: z.array(rule) })

/** The script that a JSON text holds. Throws RehearsalError `bad_script`. */
export function parseScript(text: string): Script {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new RehearsalError('bad_script', `the script is not JSON: ${(cause as Error).message}`, { cause })
  }
  return checkScript(value)
}

/** The value as a script, its named faults spelled out. Throws RehearsalError `bad_script`, which names the place. */
export function checkScript(value: unknown): Script {
  const result = script.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const place = z.core.toDotPath(issue!.path) || 'the script'
  throw new RehearsalError('bad_script', `${place}: ${issue!.message}`)
}
