/**
 * The bars of a rule held against one answer: fed part by part, asked for the verdict at the commit point. All bars must be
 * reached. Cheap signals are asked first, and what costs (samples, a caller's function) only when they pass. What evidence is made of
 * is seen though another bar was missed: the signals of certificates, and of an audited call all that can be read off its tokens.
 */
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { Signal } from '@edgewise/evidence'
import type { ResolvedEscalate } from '../policy/index.ts'
import { agreement } from './agreement.ts'
import { beside } from './beside.ts'
import { combined } from './combined.ts'
import { length } from './length.ts'
import { margin } from './margin.ts'
import { meanLogprob } from './mean-logprob.ts'
import { minLogprob } from './min-logprob.ts'
import { own } from './own.ts'
import { schema } from './schema.ts'
import {
  type AnswerSoFar,
  earlyUnless,
  type Follower,
  type FollowerSettings,
  finite,
  judged,
  type OwnSignals,
} from './signal.ts'

export interface Verdict {
  readonly pass: boolean
  /** Of the bars that were looked at and had a value, then what was seen besides and not judged. */
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

/** Read off the tokens of an answer. */
const ofTokens = ['meanLogprob', 'minLogprob', 'margin'] as const

/** Whether the tokens of an answer are all that a bar looks at: it costs nothing then, and is there for every answer. */
export const isOfTokens = ({
  signal,
  combination,
}: Pick<ResolvedEscalate, 'signal' | 'combination'>): boolean =>
  combination !== null || ofTokens.some((name) => name === signal)

/** What people call a signal. */
const titles: { readonly [name: string]: string } = {
  meanLogprob: 'mean logprob',
  minLogprob: 'least logprob',
  margin: 'least margin',
  length: 'tokens',
  schema: 'valid',
}

/** A follower of a bar. */
interface Held extends Follower {
  /** Costs more than reading what is there. */
  readonly isCostly: boolean
  readonly isOfTokens: boolean
}

export interface WatchOptions {
  /** The whole answer is wanted: no bar stops it early, and what its tokens say is seen though no bar asks. Default false. */
  readonly audited?: boolean
  /** False: it only sees. Default true. */
  readonly judges?: boolean
}

export class Watch {
  readonly #followers: readonly Held[]
  /** Of an audited call: what no bar looks at. */
  readonly #others: readonly Follower[]
  readonly #mayEnd: boolean
  /** Bars with a certificate. */
  readonly #certified: number

  constructor(
    bars: readonly ResolvedEscalate[],
    call: LanguageModelV4CallOptions,
    ownSignals: OwnSignals,
    { audited = false, judges = true }: WatchOptions = {},
  ) {
    const settings = { call, own: ownSignals }
    this.#mayEnd = judges && !audited
    this.#certified = bars.reduce((sum, { certificate }) => sum + Number(certificate !== null), 0)
    this.#followers = bars
      .map((bar) => held({ bar, ...settings }))
      .sort((a, b) => Number(a.isCostly) - Number(b.isCostly))
    this.#others = !audited
      ? []
      : ofTokens
          .filter((name) => !bars.some(({ signal }) => signal === name))
          .map((name) => builtIn[name]!({ bar: { ...NO_BAR, signal: name }, ...settings }))
  }

  /** The verdict when a bar is out of reach already, else null. */
  part(part: LanguageModelV4StreamPart): Verdict | null {
    for (const follower of this.#followers) {
      const value = follower.part(part)
      if (value !== null && this.#mayStop(follower)) return verdict([[follower, value]], [], false, false)
    }
    for (const follower of this.#others) follower.part(part)
    return null
  }

  async verdict(answer: AnswerSoFar): Promise<Verdict> {
    const seen: Seen[] = []
    const besides: Signal[] = []
    let pass = true
    for (const follower of this.#followers) {
      if (!pass && follower.certificate === null) continue
      const value = follower.value(answer)
      // Most values are there: no turn of the event loop for them.
      const known = value instanceof Promise ? await value : value
      if (!pass) besides.push(...signalOf(follower, known, answer.complete))
      else {
        seen.push([follower, known])
        pass = known !== null && follower.passes(known)
      }
    }
    return verdict(seen, [...besides, ...this.#unjudged(answer)], pass, answer.complete)
  }

  /** What evidence wants of an answer that was not judged: the signals of certificates, with their bars, and what an audit looks at. */
  seen(answer: AnswerSoFar): readonly Signal[] {
    const certified = this.#followers.filter(
      ({ certificate, isOfTokens }) => certificate !== null && isOfTokens,
    )
    // What is read off tokens has its value at once.
    const signals = certified.flatMap((follower) =>
      signalOf(follower, follower.value(answer) as number | null, answer.complete),
    )
    return [...signals, ...this.#unjudged(answer)]
  }

  /** What a certificate's monitor would not see of an answer that is stopped must not be missing by choice. */
  #mayStop({ certificate }: Follower): boolean {
    if (!this.#mayEnd) return false
    return this.#certified === 0 || (this.#certified === 1 && certificate !== null)
  }

  #unjudged(answer: AnswerSoFar): Signal[] {
    return this.#others.flatMap((follower) => {
      const value = follower.value(answer) as number | null
      return value === null
        ? []
        : [
            {
              name: follower.name,
              value: finite(value),
              threshold: null,
              pass: null,
              ...earlyUnless(answer.complete),
            },
          ]
    })
  }
}

const NO_BAR = { threshold: null, samples: 0, certificate: null, combination: null } as const

function held(settings: FollowerSettings): Held {
  const { bar } = settings
  const { signal, combination } = bar
  const isRead = combination !== null || isBuiltIn(signal)
  const make = combination !== null ? combined : isRead ? builtIn[signal]! : own
  return { ...make(settings), isCostly: !isRead || signal === 'agreement', isOfTokens: isOfTokens(bar) }
}

type Seen = readonly [Follower, number | null]

const signalOf = (follower: Follower, value: number | null, complete: boolean): Signal[] =>
  value === null ? [] : [judged(follower, value, complete)]

function verdict(
  seen: readonly Seen[],
  besides: readonly Signal[],
  pass: boolean,
  complete: boolean,
): Verdict {
  const certificates = seen.flatMap(([{ certificate }]) => certificate ?? [])
  return {
    pass,
    signals: [...seen.flatMap(([follower, value]) => signalOf(follower, value, complete)), ...besides],
    certificate: pass && certificates.length > 0 ? certificates.join(' ') : null,
    note: seen.map(([follower, value]) => note(follower, value)).join('; '),
  }
}

function note({ name, threshold }: Follower, value: number | null): string {
  const title = titles[name] ?? name
  if (value === null) return `the device's answer has no ${title}`
  if (name === 'schema') return value === 1 ? 'its form is valid' : 'its form is not valid'
  if (name === 'length') return `${value} tokens, at most ${threshold} pass`
  const [seen, held] = beside(value, threshold)
  return `${title} ${seen}, the bar is ${held}`
}
