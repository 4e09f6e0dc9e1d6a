/**
 * What is different between an earlier verdict on the same use case and one of now: the answer, inputs, rules, numbers that moved out of
 * the earlier interval. And the reader of an earlier one, of its JSON.
 */
import { z } from 'zod'
import type { Answer, Option, Verdict } from '../decide/types.ts'
import { AdvisorError } from '../errors.ts'
import { answerTitles, lowerTitle, ms, shareText, usd, within } from './words.ts'

const answers = Object.keys(answerTitles) as [Answer, ...Answer[]]
const predicted = z.object({ value: z.number(), low: z.number(), high: z.number(), level: z.number() })
const optionSchema: z.ZodType<EarlierOption> = z.object({
  answer: z.enum(['on-device', 'hybrid', 'cloud', 'no-llm']),
  ruledOutBy: z.array(z.string()),
  usersInTime: predicted,
  latencyMs: predicted.nullable(),
  usdPerMonth: predicted,
})
const verdictSchema: z.ZodType<EarlierVerdict> = z.object({
  answer: z.enum(answers),
  factsVersion: z.string(),
  useCase: z.record(z.string(), z.unknown()),
  options: z.array(optionSchema),
})

/** As much of a verdict as it takes to compare it. */
export interface EarlierVerdict extends Pick<Verdict, 'answer' | 'factsVersion'> {
  readonly useCase: { readonly [key: string]: unknown }
  readonly options: readonly EarlierOption[]
}

type EarlierOption = Pick<Option, 'answer' | 'ruledOutBy' | 'usersInTime' | 'latencyMs' | 'usdPerMonth'>

/** Of the JSON that `edgewise decide` writes. Throws AdvisorError `verdict_invalid`. */
export function readVerdict(text: string, file: string): EarlierVerdict {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new AdvisorError(
      'verdict_invalid',
      `${file} is no whole JSON: write it with edgewise decide --out verdict.json`,
      [],
      { cause },
    )
  }
  const { success, data, error } = verdictSchema.safeParse(value)
  if (success) return data
  const issues = error.issues
    .slice(0, 20)
    .map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`)
  throw new AdvisorError(
    'verdict_invalid',
    `${file} is no verdict: write it with edgewise decide --out verdict.json\n${issues.join('\n')}`,
    issues,
  )
}

/** A sentence each, the answer first; empty where nothing that matters is different. */
export function verdictChanges(before: EarlierVerdict, now: Verdict): readonly string[] {
  return [
    ...(before.answer === now.answer
      ? []
      : [`the verdict was ${named(before.answer)} and is ${named(now.answer)}`]),
    ...(before.factsVersion === now.factsVersion
      ? []
      : [`the facts were of ${before.factsVersion} and are of ${now.factsVersion}`]),
    ...inputs(before.useCase, now.useCase, []),
    ...now.options.flatMap((option) => {
      const earlier = before.options.find(({ answer }) => answer === option.answer)
      return earlier === undefined ? [`${named(option.answer)} is a new option`] : moved(earlier, option)
    }),
  ]
}

const named: (answer: Answer) => string = lowerTitle

function moved(before: EarlierOption, now: Option): readonly string[] {
  const told: string[] = []
  const name = named(now.answer)
  const compare = (
    what: string,
    was: Option['latencyMs'],
    is: Option['latencyMs'],
    format: (value: number) => string,
  ): void => {
    if (was === null && is === null) return
    if (was !== null && is !== null && is.value >= was.low && is.value <= was.high) return
    const text = (one: Option['latencyMs']): string => (one === null ? 'none' : within(one, format))
    if (text(was) !== text(is)) told.push(`${name}, ${what}: was ${text(was)}, is ${text(is)}`)
  }
  compare('users in time', before.usersInTime, now.usersInTime, shareText)
  compare('latency', before.latencyMs, now.latencyMs, ms)
  compare('dollars a month', before.usdPerMonth, now.usdPerMonth, usd)
  for (const rule of now.ruledOutBy)
    if (!before.ruledOutBy.includes(rule)) told.push(`${name} is now ruled out by ${rule}`)
  for (const rule of before.ruledOutBy)
    if (!now.ruledOutBy.includes(rule)) told.push(`${name} is no longer ruled out by ${rule}`)
  return told
}

/** Inputs that differ, by their keys: `volume.callsPerMonth: was 1000, is 2000`. */
function inputs(before: unknown, now: unknown, path: readonly string[]): readonly string[] {
  if (isRecord(before) && isRecord(now)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(now)])
    return [...keys].flatMap((key) => inputs(before[key], now[key], [...path, key]))
  }
  const [was, is] = [before, now].map((value) => JSON.stringify(value) ?? 'absent') as [string, string]
  return was === is ? [] : [`${path.join('.')}: was ${cut(was)}, is ${cut(is)}`]
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const MOST = 120
const cut = (text: string): string => (text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text)
