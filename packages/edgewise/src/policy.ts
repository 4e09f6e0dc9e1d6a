/**
 * The policy: one file that says, for every task, where it may run. Plain JSON, checked strictly: an unknown key or a
 * setting that contradicts the rule's place is refused with its path, because a rule that is silently ignored is
 * a rule that lets text out. Which place a call takes is `decide` (place.ts); defaults are in default-policy.ts.
 */
import { z } from 'zod'
import { PolicyError, type PolicyIssue } from './errors.ts'
import { JsonSyntaxError, type Position, parseJsonSource } from './json-source.ts'

/** US dollars per million tokens. */
export interface Price {
  readonly inputPerMTok: number
  readonly outputPerMTok: number
}

/** A published price, to say what an answer on the device would have cost. */
export interface Reference extends Price {
  readonly model: string
  /** The day the price was true, `2026-08-05`. */
  readonly asOf: string
  /** Where it was read. */
  readonly source: string
}

export interface CloudSettings {
  /** Of an OpenAI-compatible API, with the version: `https://api.openai.com/v1`. */
  readonly baseURL: string
  readonly model: string
  /** The NAME of the environment variable that holds the key; without it, no key is sent. */
  readonly apiKeyEnv?: string
  /** Milliseconds until the first output; then the cloud counts as failed. Default 10,000. */
  readonly firstTokenMs?: number
  /** Milliseconds between two parts of the answer; then it counts as broken. Default 15,000. */
  readonly idleMs?: number
  readonly price?: Price
}

interface ToDevice {
  /** What the device model is asked to do; the task's own name when absent (`complete` under `default`). */
  readonly deviceTask?: string
}

interface ToCloud {
  /** A system message for the cloud, and for a device model that reads one; used when the caller sent none. */
  readonly instructions?: string
}

/** The text never leaves the device, whatever fails. */
export interface DeviceOnlyRule extends ToDevice {
  readonly place: 'device-only'
}

/** The device first; the cloud when the device cannot answer, fails, or its answer does not pass the check. */
export interface PreferDeviceRule extends ToDevice, ToCloud {
  readonly place: 'prefer-device'
  /** The check: the answer is held back and goes to the cloud when its mean log-probability is under this. */
  readonly escalate?: { readonly minMeanLogprob: number }
  /** Longer inputs go to the cloud first, tokens of the device model. */
  readonly maxInputTokens?: number
}

/** The cloud first; the device when the cloud is not configured or fails before its first output. */
export interface PreferCloudRule extends ToDevice, ToCloud {
  readonly place: 'prefer-cloud'
}

/** The cloud or an error. */
export interface CloudOnlyRule extends ToCloud {
  readonly place: 'cloud-only'
}

export type Rule = DeviceOnlyRule | PreferDeviceRule | PreferCloudRule | CloudOnlyRule

export interface Policy {
  /** Of the JSON Schema, for editors. */
  readonly $schema?: string
  readonly version: 1
  readonly cloud?: CloudSettings
  /** The price behind `avoidedUsd` when `cloud.price` is absent. */
  readonly reference?: Reference
  readonly tasks: { readonly [name: string]: Rule }
  /** For calls that name no task. */
  readonly default: Rule
}

/** Milliseconds to wait for the cloud's first output when the policy does not say. */
export const DEFAULT_FIRST_TOKEN_MS = 10_000
/** Milliseconds to wait between two parts of the cloud's answer when the policy does not say. */
export const DEFAULT_IDLE_MS = 15_000

/** What a task may be called: in files, headers and receipts. */
const TASK_NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/
/** Whether `name` can be the name of a task. */
export function isTaskName(name: string): boolean {
  return TASK_NAME.test(name)
}

/** setTimeout turns a longer wait into none at all. */
const MAX_MS = 2 ** 31 - 1

const dollars = z.number().nonnegative()
const milliseconds = z.int().positive().max(MAX_MS)
const deviceTask = z.exactOptional(z.string().regex(TASK_NAME, 'use a task name such as "complete"'))
const instructions = z.exactOptional(z.string().min(1))

const price = z.strictObject({ inputPerMTok: dollars, outputPerMTok: dollars })

const cloud = z.strictObject({
  baseURL: z.string().refine(isBaseURL, {
    error:
      'use an http or https address without user, query or hash, such as "https://api.openai.com/v1"; the key goes into an environment variable',
  }),
  model: z.string().min(1),
  apiKeyEnv: z.exactOptional(
    z
      .string()
      .regex(
        /^[A-Za-z_][A-Za-z0-9_]*$/,
        'this is the NAME of the environment variable, such as "OPENAI_API_KEY"; a key never stands in the policy',
      ),
  ),
  firstTokenMs: z.exactOptional(milliseconds),
  idleMs: z.exactOptional(milliseconds),
  price: z.exactOptional(price),
})

const reference = z.strictObject({
  model: z.string().min(1),
  inputPerMTok: dollars,
  outputPerMTok: dollars,
  asOf: z.iso.date(),
  source: z.string().min(1),
})

const rule = z.discriminatedUnion('place', [
  z.strictObject({ place: z.literal('device-only'), deviceTask }),
  z.strictObject({
    place: z.literal('prefer-device'),
    deviceTask,
    escalate: z.exactOptional(z.strictObject({ minMeanLogprob: z.number().max(0) })),
    maxInputTokens: z.exactOptional(z.int().positive()),
    instructions,
  }),
  z.strictObject({ place: z.literal('prefer-cloud'), deviceTask, instructions }),
  z.strictObject({ place: z.literal('cloud-only'), instructions }),
])

const policy = z.strictObject({
  $schema: z.exactOptional(z.string()),
  version: z.literal(1),
  cloud: z.exactOptional(cloud),
  reference: z.exactOptional(reference),
  tasks: z.record(z.string().regex(TASK_NAME), rule),
  default: rule,
})

/** The keys of a rule that go with some places only, and why. */
const ruleKeys: { readonly [key: string]: string } = {
  escalate: 'it sends a doubtful answer of the device to the cloud, so it needs "place": "prefer-device"',
  maxInputTokens: 'it sends long inputs to the cloud, so it needs "place": "prefer-device"',
  deviceTask: 'it tells the device what to do, and this rule never asks the device',
  instructions: 'it tells the cloud what to do, and this rule never asks the cloud',
}

/** Reads a policy from JSON text. `file` names it in errors. Throws PolicyError with line and column. */
export function parsePolicy(text: string, file = 'policy.json'): Policy {
  try {
    const source = parseJsonSource(text)
    return check(source.value, file, source.at)
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    throw new PolicyError(file, [
      { path: '', ...error.position, message: `this is not JSON: ${error.message}` },
    ])
  }
}

/** The same check for a policy that is already a value. Throws PolicyError. */
export function checkPolicy(value: unknown, file = 'policy'): Policy {
  return check(value, file, () => null)
}

/** The JSON Schema (draft 2020-12) of a policy file, for editors and other languages. */
export function policyJsonSchema(): Record<string, unknown> {
  return { title: 'Edgewise policy', ...z.toJSONSchema(policy) }
}

function check(value: unknown, file: string, at: (path: readonly PropertyKey[]) => Position | null): Policy {
  const result = policy.safeParse(value)
  if (result.success) return result.data
  const issues = result.error.issues.flatMap((issue) => explain(issue, value))
  throw new PolicyError(
    file,
    issues.map(({ path, message }): PolicyIssue => {
      const position = at(path)
      return {
        path: path.map(String).join('.'),
        line: position?.line ?? null,
        column: position?.column ?? null,
        message,
      }
    }),
  )
}

interface Explained {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

/** What to do about an issue of zod. Never repeats a value of the file: it may be a key put in the wrong place. */
function explain(issue: z.core.$ZodIssue, root: unknown): readonly Explained[] {
  const { path } = issue
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: unknownKey(key, valueAt(root, path)),
      }))
    case 'invalid_union':
      return [{ path, message: 'use "device-only", "prefer-device", "prefer-cloud" or "cloud-only"' }]
    case 'invalid_key':
      return [
        {
          path,
          message: 'a task name starts with a letter and has up to 64 letters, digits, dots, _ and -',
        },
      ]
    case 'invalid_type':
      return [{ path, message: valueAt(root, path) === undefined ? 'this is missing' : issue.message }]
    default:
      return [{ path, message: issue.message }]
  }
}

function unknownKey(key: string, parent: unknown): string {
  const why = Object.hasOwn(ruleKeys, key) ? ruleKeys[key] : undefined
  const place = valueAt(parent, ['place'])
  if (why === undefined || typeof place !== 'string') return 'there is no such setting: take it out'
  return `this contradicts "place": "${place}": ${why}`
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<PropertyKey, unknown>)[key]
  }
  return value
}

function isBaseURL(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false
  const { username, password, search, hash } = new URL(text)
  return username === '' && password === '' && search === '' && hash === ''
}
