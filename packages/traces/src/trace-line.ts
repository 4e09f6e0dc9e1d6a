/**
 * One line of the trace format: JSON, one item, checked to the last key. What nobody knows is left out, in the file; it is null in a
 * `TraceItem`. What `formatTraceLine` writes, `parseTraceLine` gives back. docs/traces.md has the format as a table.
 */
import type { Outcome, TraceItem } from '@edgewise/evidence'
import { z } from 'zod'
import { TraceError, type TracePlace } from './trace-error.ts'

const leaveOut = 'leave it out where nobody knows it'
const name = (what: string): z.ZodString => z.string(what).min(1, what)
const atLeastZero = `must be a finite number from 0: ${leaveOut}`
const whole = `must be a whole number from 0: ${leaveOut}`
const share = `must be a number from 0, wrong, to 1, right: ${leaveOut}`
const count = z.int(whole).min(0, whole).optional()
const amount = z.number(atLeastZero).min(0, atLeastZero).optional()
const text = z.string(`must be a text: ${leaveOut}`).optional()
const time = 'must be an ISO 8601 time with its zone, 2026-08-05T09:30:00Z'
const digest = 'must be the 64 lower-case hex digits of a SHA-256'
/** Of a strict object. */
const keysOf = (what: string): { error: (issue: { readonly code: string }) => string } => ({
  error: ({ code }) =>
    code === 'unrecognized_keys' ? `is no key of ${what}: take it out` : `must be ${what}, a JSON object`,
})

const outcomeSchema = z
  .strictObject(
    {
      correct: z.boolean('must be true or false').optional(),
      score: z.number(share).min(0, share).max(1, share).optional(),
      signals: z
        .record(name('must have a name'), z.number('must be a finite number'), 'must be an object of numbers')
        .optional(),
      inputTokens: count,
      outputTokens: count,
      costUsd: amount,
      latencyMs: amount,
      quantisation: text,
      template: text,
    },
    keysOf('an outcome'),
  )
  .refine(({ correct, score }) => correct === undefined || score === undefined, {
    path: ['correct'],
    message: 'must not stand beside a score: give one of both',
  })

const lineSchema = z
  .strictObject(
    {
      id: name('must be a text that is not empty'),
      task: name('must be a text that is not empty'),
      at: z.iso.datetime({ offset: true, error: time }).optional(),
      prompt: text,
      promptDigest: z
        .string(digest)
        .regex(/^[\da-f]{64}$/, digest)
        .optional(),
      models: z.record(
        name('must have a name'),
        outcomeSchema,
        'must be an object with an outcome for each model',
      ),
    },
    keysOf('an item'),
  )
  .refine(({ prompt, promptDigest }) => prompt === undefined || promptDigest === undefined, {
    path: ['promptDigest'],
    message: 'must not stand beside the prompt: give one of both',
  })

type TraceLine = z.infer<typeof lineSchema>
type OutcomeLine = TraceLine['models'][string]

/** The item of a line; its time in UTC, to the millisecond. Error: `trace_bad_line`. */
export function parseTraceLine(line: string, place: TracePlace): TraceItem {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    const at = /at position (\d+)/.exec((error as Error).message)?.[1]
    throw bad(
      place,
      undefined,
      `is no whole JSON value${at ? ` (from character ${Number(at) + 1})` : ''}: is the file cut?`,
    )
  }
  return itemOf(checked(value, place))
}

/** One line, without its end. Error: `trace_bad_line` for an item that could not be read back. */
export function formatTraceLine(item: TraceItem): string {
  const line = lineOf(item)
  checked(line, { file: 'an item to be written' })
  return JSON.stringify(line)
}

function checked(value: unknown, place: TracePlace): TraceLine {
  const { success, error } = lineSchema.safeParse(value)
  if (!success) {
    const { path, message, ...issue } = error.issues[0]!
    throw bad(place, [...path, ...('keys' in issue ? issue.keys.slice(0, 1) : [])], message)
  }
  const line = value as TraceLine
  refusePrototype(line.models, ['models'], place)
  for (const model in line.models) {
    const { signals } = line.models[model]!
    if (signals) refusePrototype(signals, ['models', model, 'signals'], place)
  }
  return line
}

/** Zod leaves this key out of records without a word (4.6.7), and as a name it would set a prototype further on. */
function refusePrototype(record: object, path: readonly string[], place: TracePlace): void {
  if (Object.hasOwn(record, '__proto__'))
    throw bad(place, [...path, '__proto__'], 'cannot be a name: rename it')
}

function bad(place: TracePlace, path: readonly PropertyKey[] | undefined, problem: string): TraceError {
  const field = path?.length ? { field: path.map(String).join('.') } : {}
  return new TraceError('trace_bad_line', { ...place, ...field }, problem)
}

function itemOf({ id, task, at, prompt, promptDigest, models }: TraceLine): TraceItem {
  const outcomes: Record<string, Outcome> = {}
  for (const model in models) outcomes[model] = outcomeOf(models[model]!)
  return {
    id,
    task,
    at: at === undefined ? null : new Date(at).toISOString(),
    prompt: prompt ?? null,
    promptDigest: promptDigest ?? null,
    models: outcomes,
  }
}

function outcomeOf(line: OutcomeLine): Outcome {
  return {
    score: line.correct === undefined ? (line.score ?? null) : Number(line.correct),
    signals: line.signals ?? {},
    inputTokens: line.inputTokens ?? null,
    outputTokens: line.outputTokens ?? null,
    costUsd: line.costUsd ?? null,
    latencyMs: line.latencyMs ?? null,
    quantisation: line.quantisation ?? null,
    template: line.template ?? null,
  }
}

function lineOf({ id, task, at, prompt, promptDigest, models }: TraceItem): TraceLine {
  const outcomes = Object.entries(models).map(([model, outcome]) => [model, outcomeLine(outcome)])
  return {
    id,
    task,
    at: at ?? undefined,
    prompt: prompt ?? undefined,
    promptDigest: promptDigest ?? undefined,
    models: Object.fromEntries(outcomes),
  }
}

function outcomeLine(outcome: Outcome): OutcomeLine {
  const { score, signals } = outcome
  return {
    correct: score === 0 || score === 1 ? score === 1 : undefined,
    score: score === 0 || score === 1 ? undefined : (score ?? undefined),
    signals: Object.keys(signals).length > 0 ? signals : undefined,
    inputTokens: outcome.inputTokens ?? undefined,
    outputTokens: outcome.outputTokens ?? undefined,
    costUsd: outcome.costUsd ?? undefined,
    latencyMs: outcome.latencyMs ?? undefined,
    quantisation: outcome.quantisation ?? undefined,
    template: outcome.template ?? undefined,
  }
}
