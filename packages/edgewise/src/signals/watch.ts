/**
 * The bars of a rule held against one answer: fed part by part, asked for the verdict at the commit point. All bars must be
 * reached. Cheap signals are asked first, and what costs (samples, a caller's function) only when they pass.
 */
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { Signal } from '@edgewise/evidence'
import type { ResolvedEscalate } from '../policy/index.ts'
import { agreement } from './agreement.ts'
import { length } from './length.ts'
import { margin } from './margin.ts'
import { meanLogprob } from './mean-logprob.ts'
import { minLogprob } from './min-logprob.ts'
import { own } from './own.ts'
import { schema } from './schema.ts'
import { type AnswerSoFar, type Follower, type FollowerSettings, judged, type OwnSignals } from './signal.ts'

export interface Verdict {
  readonly pass: boolean
  /** Of the bars that were looked at and had a value. */
  readonly signals: readonly Signal[]
  /** The certificates of the bars, when all were reached. */
  readonly certificate: string | null
  /** A clause for people: `mean logprob -0.12, the bar is -0.50`. */
  readonly note: string
}

const builtIn: { readonly [name: string]: (settings: FollowerSettings) => Follower } = {
  meanLogprob,
  minLogprob,
  margin,
  length,
  schema,
  agreement,
}

/** Whether a bar of this name needs no function of the host's. */
export const isBuiltIn = (name: string): boolean => Object.hasOwn(builtIn, name)

/** What costs more than reading what is there. */
const isCostly = ({ name }: Follower): boolean => name === 'agreement' || !isBuiltIn(name)

/** What people call a signal. */
const titles: { readonly [name: string]: string } = {
  meanLogprob: 'mean logprob',
  minLogprob: 'least logprob',
  margin: 'least margin',
  length: 'tokens',
  schema: 'valid',
}

export class Watch {
  readonly #followers: readonly Follower[]

  constructor(bars: readonly ResolvedEscalate[], call: LanguageModelV4CallOptions, ownSignals: OwnSignals) {
    this.#followers = bars
      .map((bar) => (isBuiltIn(bar.signal) ? builtIn[bar.signal]! : own)({ bar, call, own: ownSignals }))
      .sort((a, b) => Number(isCostly(a)) - Number(isCostly(b)))
  }

  /** The verdict when a bar is out of reach already, else null. */
  part(part: LanguageModelV4StreamPart): Verdict | null {
    for (const follower of this.#followers) {
      const value = follower.part(part)
      if (value !== null) return verdict([[follower, value]], false)
    }
    return null
  }

  async verdict(answer: AnswerSoFar): Promise<Verdict> {
    const seen: [Follower, number | null][] = []
    for (const follower of this.#followers) {
      const value = follower.value(answer)
      // Most values are there: no turn of the event loop for them.
      const known = value instanceof Promise ? await value : value
      seen.push([follower, known])
      if (known === null || !follower.passes(known)) return verdict(seen, false)
    }
    return verdict(seen, true)
  }
}

function verdict(seen: readonly (readonly [Follower, number | null])[], pass: boolean): Verdict {
  const certificates = seen.flatMap(([{ certificate }]) => certificate ?? [])
  return {
    pass,
    signals: seen.flatMap(([follower, value]) => (value === null ? [] : [judged(follower, value)])),
    certificate: pass && certificates.length > 0 ? certificates.join(' ') : null,
    note: seen.map(([follower, value]) => note(follower, value)).join('; '),
  }
}

function note({ name, threshold }: Follower, value: number | null): string {
  const title = titles[name] ?? name
  if (value === null) return `the device's answer has no ${title}`
  if (name === 'schema') return value === 1 ? 'its form is valid' : 'its form is not valid'
  if (name === 'length') return `${value} tokens, at most ${threshold} pass`
  return `${title} ${value.toFixed(2)}, the bar is ${threshold.toFixed(2)}`
}
