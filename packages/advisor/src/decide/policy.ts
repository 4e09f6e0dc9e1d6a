/**
 * The policy that carries a verdict out: a value that passes `checkPolicy`, and the same as YAML with the reasons beside it. No threshold is
 * invented: a device that answers first is audited until `edgewise certify` has a bar for it. What is uncertain gets the policy of what it
 * leans to; what nothing does, and what needs no LLM, sends nothing.
 */
import { dollars, percent } from '@edgewise/evidence'
import { checkPolicy, type Policy, type Rule } from 'edgewise'
import { stringify } from 'yaml'
import { auditShare, auditsNeeded } from '../economics/money.ts'
import type { CloudPrice } from '../facts/types.ts'
import type { Option, Verdict } from './types.ts'
import { answerNames } from './why.ts'

/** Where vendors say that their OpenAI-compatible API is, and what the variable with its key is usually called. */
const vendors: Readonly<Record<string, { readonly baseURL: string; readonly apiKeyEnv: string }>> = {
  anthropic: { baseURL: 'https://api.anthropic.com/v1', apiKeyEnv: 'ANTHROPIC_API_KEY' },
  deepseek: { baseURL: 'https://api.deepseek.com/v1', apiKeyEnv: 'DEEPSEEK_API_KEY' },
  google: { baseURL: 'https://generativelanguage.googleapis.com/v1beta/openai', apiKeyEnv: 'GEMINI_API_KEY' },
  mistral: { baseURL: 'https://api.mistral.ai/v1', apiKeyEnv: 'MISTRAL_API_KEY' },
  openai: { baseURL: 'https://api.openai.com/v1', apiKeyEnv: 'OPENAI_API_KEY' },
  xai: { baseURL: 'https://api.x.ai/v1', apiKeyEnv: 'XAI_API_KEY' },
}

export function policyOf(verdict: Verdict): Policy {
  const rule = ruleOf(verdict)
  const sends = rule.place !== 'device-only'
  return checkPolicy({
    version: 1,
    ...(sends ? cloudOf(verdict.price) : { reference: referenceOf(verdict.price) }),
    tasks: { [verdict.useCase.task]: rule },
    // A call that names no task was not asked about: it stays.
    default: { place: 'device-only' },
  })
}

/** The policy as a YAML file, with why it is so and what to do next as comments. */
export function policyYaml(verdict: Verdict): string {
  const notes = policyNotes(verdict).flatMap((note) => wrapped(note).map((line) => `# ${line}`))
  return `${notes.join('\n')}\n${stringify(policyOf(verdict), { lineWidth: 0 })}`
}

/** What to know about the policy: a sentence or two each. */
export function policyNotes(verdict: Verdict): readonly string[] {
  const { useCase, answer, leans, settle, price, factsVersion } = verdict
  const rule = ruleOf(verdict)
  return [
    `${useCase.name}: ${verdict.why} Decided by edgewise with the facts of ${factsVersion}.`,
    ...(answer === 'uncertain'
      ? [`This is the policy of what it leans to, ${answerNames[leans]}. To settle it: ${settle}`]
      : []),
    ...(leans === 'no-llm'
      ? [
          'No LLM is needed: put a linear classifier in front of the call. What reaches the router all the same stays on the device.',
        ]
      : []),
    ...(leans === 'none'
      ? ['Nothing that is allowed does this. The rule sends nothing; do not ship it.']
      : []),
    ...(rule.audit !== undefined ? auditNotes(verdict, rule.audit) : []),
    ...(leans === 'on-device' && useCase.privacy !== 'nothing-leaves'
      ? [
          'Nothing leaves the device under this rule, although more would be allowed: the verdict needs no cloud.',
        ]
      : []),
    ...(rule.place !== 'device-only' && vendors[price.vendor] === undefined
      ? [
          `The policy names no cloud: put "cloud" with the address of ${price.vendor}'s OpenAI-compatible API and its price here.`,
        ]
      : []),
    ...(rule.place !== 'device-only' && vendors[price.vendor] !== undefined
      ? [
          `The model is ${price.id} of the price list, as its vendor's API is thought to call it: look it up there before the first call.`,
        ]
      : []),
    ...shippedNotes(verdict),
  ]
}

function ruleOf(verdict: Verdict): Rule {
  const { useCase, leans } = verdict
  const { privacy } = useCase
  if (leans === 'cloud') return { place: 'cloud-only', privacy }
  if (leans !== 'hybrid') return { place: 'device-only' }
  return { place: 'prefer-device', privacy, audit: auditOf(verdict) }
}

/** Of a hybrid: as many calls as a month's certificate takes, at what they cost. */
function auditOf({ useCase, options, price }: Verdict): NonNullable<Rule['audit']> {
  const needed = auditsNeeded(1 - useCase.fit.keep)
  const share = auditShare(useCase.volume.callsPerMonth, needed) || 1
  const cloud = options.find(({ answer }) => answer === 'cloud')!
  const perDay = (share * useCase.volume.callsPerMonth * cloud.usdPerCall.value) / 30
  // Twice the mean, rounded up to a cent: days differ. Where the policy names no cloud, none of its money is known either.
  const perDayUsd = Math.max(0.01, Math.ceil(200 * perDay) / 100)
  return {
    share: Number(share.toPrecision(3)),
    ...(vendors[price.vendor] === undefined ? {} : { perDayUsd }),
  }
}

function auditNotes({ useCase, options }: Verdict, audit: NonNullable<Rule['audit']>): readonly string[] {
  const needed = auditsNeeded(1 - useCase.fit.keep)
  const stays = options.find(({ answer }) => answer === 'hybrid')!.staysShare
  const cost = audit.perDayUsd === undefined ? '' : `, for at most ${dollars(audit.perDayUsd)} a day`
  return [
    `The rule has no bar yet: nobody knows which threshold keeps ${percent(useCase.fit.keep)} of the cloud's quality here. Of ${percent(audit.share)} of the calls the device's answer is compared with the cloud's${cost}. When about ${needed} calls were compared, run \`edgewise certify\` and put the bar it finds under "escalate"; between ${percent(stays.low)} and ${percent(stays.high)} of the calls may then stay.`,
    'Until then the device answers without a bar: begin with users who know that.',
  ]
}

function shippedNotes({ leans, options }: Verdict): readonly string[] {
  const ships: Option['ships'] = options.find(({ answer }) => answer === leans)?.ships ?? []
  if (ships.length === 0) return []
  const byModel = new Map<string, string[]>()
  for (const { model, quantisation, device } of ships) {
    const key = `${model} ${quantisation}`
    byModel.set(key, [...(byModel.get(key) ?? []), device])
  }
  return [
    `Ship ${[...byModel].map(([model, devices]) => `${model} to ${[...new Set(devices)].join(', ')}`).join('; ')}.`,
  ]
}

function cloudOf(price: CloudPrice): Pick<Policy, 'cloud' | 'reference'> {
  const vendor = vendors[price.vendor]
  if (vendor === undefined) return { reference: referenceOf(price) }
  const { model: _, ...prices } = referenceOf(price)
  return {
    cloud: { baseURL: vendor.baseURL, model: apiModel(price), apiKeyEnv: vendor.apiKeyEnv, price: prices },
  }
}

/**
 * What the vendor's API calls a model of the price list, which writes the prices of long prompts as rows of their own (`gpt-5.4-272k`) and
 * Claude with dots and in the order that its names once had (`claude-4.5-haiku` is `claude-haiku-4-5`).
 */
function apiModel({ id, vendor }: CloudPrice): string {
  const plain = id.replace(/-\d+k$/, '')
  if (vendor !== 'anthropic') return plain
  return plain.replace(/^claude-([4-9](?:\.\d+)?)-([a-z]+)$/, 'claude-$2-$1').replaceAll('.', '-')
}

function referenceOf({
  id,
  inputPerMTok,
  cachedInputPerMTok,
  outputPerMTok,
  asOf,
  source,
}: CloudPrice): NonNullable<Policy['reference']> {
  return {
    model: id,
    inputPerMTok,
    ...(cachedInputPerMTok === null ? {} : { cachedInputPerMTok }),
    outputPerMTok,
    asOf,
    source,
  }
}

/** Terminals obey control characters, to some readers of YAML one of them ends a line, and marks of direction turn what stands around them. */
const printable = (text: string): string =>
  text.replace(/[^\P{Cc}\t\n\r]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '?')

/** Lines of a comment. */
function wrapped(text: string, width = 110): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of printable(text).split(/\s+/)) {
    if (line !== '' && line.length + word.length >= width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
