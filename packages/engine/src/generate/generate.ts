/**
 * Prompt tokens in, a stream of tokens out, from a model, a session or a prefix cache. What a token is drawn by is in sample.ts.
 * Work gives way to the host's events about every 10 ms; breaking out of the loop or aborting leaves a session usable,
 * holding the tokens that were run.
 */
import type { Constraint } from '../constrain/constraint.ts'
import { BadOptionError, ContextLengthError } from '../errors.ts'
import type { Model } from '../model/model.ts'
import { Session } from '../model/session.ts'
import type { PrefixCache } from '../prefix/prefix-cache.ts'
import type { Drafter } from './drafter.ts'
import type { Guide } from './guide.ts'
import { keepShared } from './keep-shared.ts'
import { Lookup } from './lookup.ts'
import { AdaptivePace, type Pace } from './pace.ts'
import { passCostsOf } from './pass-costs.ts'
import { createSampler, logProbability, type SamplingOptions } from './sample.ts'
import { type Scores, Speculation, scoresAt } from './speculate.ts'
import { stopFilter } from './stop.ts'
import type { TopToken, TopTokens } from './top-tokens.ts'
import { macrotask, turns } from './turns.ts'

export interface GenerateOptions extends SamplingOptions {
  /** Tokens to give at most, from 1; what the context leaves room for when not given or when that is less. */
  readonly maxTokens?: number
  /** Texts that end the answer; none of them is given out, wherever tokens divide them. */
  readonly stop?: readonly string[]
  /** Tokens that end the answer; the tokenizer's `ends` when not given. */
  readonly stopTokens?: readonly number[]
  /**
   * What the text must be; from `compileConstraint` with the model's tokenizer. The text is complete however it ends,
   * within `maxTokens` too. Stop tokens are only drawn where it is complete; `stop` cannot be given with it.
   */
  readonly constraint?: Constraint
  /**
   * What guesses tokens to come, so that several are checked in one pass over the weights: where that is expected to be
   * faster, and never with other tokens as a result. Copies of the text so far when not given; `false` for none.
   */
  readonly draft?: Drafter | false
  /** Aborting makes the next step throw the signal's reason. */
  readonly signal?: AbortSignal
  /** How many of the most probable tokens to tell of at each token, 0 to 20; 0 when not given. */
  readonly topLogprobs?: number
}

export interface GeneratedToken {
  readonly id: number
  /**
   * The text that is complete with this token: empty for a control token, in the middle of a character, and while it may
   * be the beginning of a stop string. All texts joined are the answer.
   */
  readonly text: string
  /** Natural logarithm of the probability under the unmodified logits; 0 when forced, as the model was not asked. */
  readonly logprob: number
  /** Whether the constraint left no choice, so that the model was not asked: leave it out of a mean of `logprob`. */
  readonly forced: boolean
  /**
   * By how much the logarithm of the most probable token's probability is above the second's, under the unmodified logits: whichever
   * token was drawn. Infinity when forced, as nothing else could follow, and where every other token is ruled out.
   */
  readonly margin: number
  /** The most probable tokens under the unmodified logits, best first, of equal ones the lower id; as many as `topLogprobs` asks for, none when forced. */
  readonly top?: readonly TopToken[]
}

export interface GenerationEnd {
  /**
   * `stop`: a stop token, a stop string, or a constraint after which nothing can follow; `length`: maxTokens or the end of
   * the context. With a constraint the text is complete then, too, but the shortest ending was not the model's choice.
   */
  readonly finishReason: 'stop' | 'length'
  readonly promptTokens: number
  /** Prompt tokens that the session or the prefix cache held already. */
  readonly cachedTokens: number
  /** Tokens drawn, a stop token included. */
  readonly completionTokens: number
  /** Guessed tokens that were run, and those of them that were right: each is a token that needed no pass of its own. */
  readonly draftTokens: number
  readonly acceptedDraftTokens: number
  readonly prefillMs: number
  /** Time from the end of prefill to the end, that of the consumer included. */
  readonly decodeMs: number
}

/**
 * Generates after `prompt`, which is the whole text so far: of a session, the beginning it shares with the prompt is kept
 * and the rest run anew; a session serves one generation at a time, a prefix cache any number. A stop token is given too, as the last one, with no
 * text of its own. Tokens for which a constraint leaves no choice are run together.
 * Throws BadOptionError, ContextLengthError (no room for one token), NumericError, OutOfMemoryError, DisposedError,
 * or the signal's reason; options and prompt are checked when the first token is
 * asked for, before the session is changed.
 */
export async function* generate(
  source: Model | Session | PrefixCache,
  prompt: readonly number[],
  options: GenerateOptions = {},
): AsyncGenerator<GeneratedToken, GenerationEnd, undefined> {
  if (source instanceof Session) return yield* generateAt(source, prompt, options)
  if ('keep' in source) return yield* runKept(source, prompt, options)
  using session = source.session()
  return yield* generateAt(session, prompt, options)
}

/** Keeps the prompt as soon as it has run, so that calls beside this one have it, and the answer at the end. */
async function* runKept(
  cache: PrefixCache,
  prompt: readonly number[],
  options: GenerateOptions,
): AsyncGenerator<GeneratedToken, GenerationEnd, undefined> {
  using session = cache.session(prompt)
  const tokens = generateAt(session, prompt, options)
  let isSound = true
  try {
    let step = await tokens.next()
    for (let isFirst = true; !step.done; step = await tokens.next(), isFirst = false) {
      yield step.value
      if (!isFirst) continue
      // The first token is on its way before anything is copied.
      await macrotask()
      cache.keep(session)
    }
    return step.value
  } catch (error) {
    // After an abort the session holds what was through; any other error may have left numbers that are none.
    isSound = options.signal?.aborted === true
    throw error
  } finally {
    if (isSound) cache.keep(session)
  }
}

/** `generate` of a session, where drafts are as long as `pace` says. */
export async function* generateAt(
  session: Session,
  prompt: readonly number[],
  options: GenerateOptions,
  pace: Pace = new AdaptivePace(passCostsOf(session.model)),
): AsyncGenerator<GeneratedToken, GenerationEnd, undefined> {
  const { tokenizer } = session.model
  const sample = createSampler(options)
  const maxTokens = boundTokens(session.model, prompt, options)
  // Before the session is rewound: a refused prompt leaves it as it was. `typeOf` throws for an id out of range.
  for (const id of prompt) tokenizer.typeOf(id)
  const ends = new Set(options.stopTokens ?? tokenizer.ends)
  const guide = await guideBy(session.model, prompt, options, ends, maxTokens)
  const topOf = await topTokens(options.topLogprobs)
  const filter = stopFilter(checkStops(options.stop ?? []))
  const decoder = tokenizer.stream()
  const turn = turns(options.signal)
  await turn()

  const began = performance.now()
  const cachedTokens = keepShared(session, prompt)
  let scores: Scores | undefined = scoresAt(await session.run(prompt.slice(session.length), turn), 0)
  const prefilled = performance.now()
  const drafter = options.draft === false ? undefined : (options.draft ?? new Lookup())
  const ahead = new Speculation(session, prompt, drafter, pace, turn)
  /** Tokens given that the session has not run. */
  let given: number[] = []
  let completionTokens = 0
  const end = (finishReason: 'stop' | 'length'): GenerationEnd => ({
    finishReason,
    promptTokens: prompt.length,
    cachedTokens,
    completionTokens,
    draftTokens: ahead.drafted,
    acceptedDraftTokens: ahead.accepted,
    prefillMs: prefilled - began,
    decodeMs: performance.now() - prefilled,
  })

  while (!guide?.isFinished) {
    let id = guide?.takeCertain()
    let [logprob, margin] = [0, Number.POSITIVE_INFINITY]
    let top: readonly TopToken[] = []
    const forced = id !== undefined
    if (id === undefined) {
      scores ??= await ahead.after(given, maxTokens - completionTokens)
      given = []
      const drawn = sample(scores.logits, session.tokens, guide?.mask(), scores.row)
      id = guide ? guide.take(drawn.id) : drawn.id
      if (id === undefined) break
      logprob = id === drawn.id ? drawn.logprob : logProbability(scores.logits, id)
      margin = scores.row.margin
      if (topOf) top = topOf(tokenizer, scores)
    }
    scores = undefined
    completionTokens++
    const isEnd = ends.has(id)
    const isLast = isEnd || completionTokens === maxTokens || (guide?.isFinished ?? false)
    const complete = (isEnd ? '' : decoder.push(id)) + (isLast ? decoder.end() : '')
    const { text, stopped } = filter.push(complete)
    const shown = isLast && !stopped ? text + filter.end() : text
    yield { id, text: shown, logprob, forced, margin, ...(topOf && { top }) }
    if (isEnd || stopped) return end('stop')
    if (isLast) break
    given.push(id)
    await turn()
  }
  return end(guide?.isFinished && !guide.isCut ? 'stop' : 'length')
}

/** What leads the generation where a constraint is given. Throws as Guide does. */
async function guideBy(
  model: Model,
  prompt: readonly number[],
  { constraint, stop, maxTokens }: GenerateOptions,
  ends: ReadonlySet<number>,
  tokens: number,
): Promise<Guide | undefined> {
  if (!constraint) return undefined
  if (stop && stop.length > 0) {
    throw new BadOptionError(
      'stop is given with a constraint: it could end the text before it is complete, leave it out',
    )
  }
  // Loaded with the first constraint.
  const { Guide } = await import('./guide.ts')
  return new Guide(constraint, model, ends, { tokens, maxTokens, promptTokens: prompt.length })
}

/** What finds the most probable tokens, where some are asked for. Throws BadOptionError. */
async function topTokens(count = 0): Promise<TopTokens | undefined> {
  if (count === 0) return undefined
  // Loaded with the first call that asks.
  return (await import('./top-tokens.ts')).topTokens(count)
}

function boundTokens(model: Model, prompt: readonly number[], options: GenerateOptions): number {
  const { maxTokens } = options
  if (maxTokens !== undefined && !(Number.isInteger(maxTokens) && maxTokens >= 1)) {
    throw new BadOptionError(`maxTokens is ${maxTokens}: it must be a whole number from 1`)
  }
  if (prompt.length === 0) throw new BadOptionError('the prompt has no token: give at least one')
  const room = model.contextLength - prompt.length
  if (room < 1) throw new ContextLengthError(prompt.length + 1, model.contextLength)
  return Math.min(room, maxTokens ?? room)
}

function checkStops(stops: readonly string[]): readonly string[] {
  if (stops.every((stop) => stop !== '')) return stops
  throw new BadOptionError('stop holds an empty string: every stop string must have at least one character')
}
