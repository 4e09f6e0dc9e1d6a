/**
 * One model over all examples: asked, graded, told of as it goes. Answers that are at hand from an earlier run are taken, whole where the
 * call and the grader are the same, graded again where only the call is.
 */
import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4Message } from '@ai-sdk/provider'
import { sha256 } from '@edgewise/evidence'
import type { DeviceModel } from 'edgewise'
import { type GradedAnswer, NO_OUTCOME, outcomeOf, textOf } from './answer.ts'
import type { Example } from './example.ts'
import type { Grade, Grader } from './graders/grader.ts'
import type { QualityOptions } from './measure.ts'

export interface AskedCandidate {
  readonly who: string
  readonly model: LanguageModelV4
  readonly atOnce: number
}

/** After so many failed calls in a row that say nothing of the model, nothing more is asked. */
const MOST_FAILURES = 5

/** What a model cannot answer, now or ever: it would fail on a user's device, too. */
const ITS_OWN: ReadonlySet<string> = new Set([
  'context_length_exceeded',
  'unsupported_constraint',
  'constraint_too_large',
  'bad_template',
  'numeric',
])

/**
 * The answers in the order of the examples. A call that does not fit the model (too long for its context) is an answer of score 0. One that
 * fails otherwise (no connection, a server that is gone) says nothing of its quality and has no score; the fifth in a row is thrown. Throws
 * the signal's reason as well.
 */
export async function askCandidate(
  examples: readonly Example[],
  candidate: AskedCandidate,
  grader: Grader,
  options: QualityOptions,
): Promise<readonly GradedAnswer[]> {
  const { signal } = options
  const kept = new Map(
    (options.kept ?? []).flatMap((answer) => (answer.who === candidate.who ? [[answer.id, answer]] : [])),
  )
  const answers = new Array<GradedAnswer>(examples.length)
  let next = 0
  let done = 0
  let failures = 0
  const worker = async (): Promise<void> => {
    while (next < examples.length) {
      const i = next++
      const example = examples[i]!
      signal?.throwIfAborted()
      const { answer, error } = await answerTo(example, candidate, grader, options, kept.get(example.id))
      failures = error === null ? 0 : failures + 1
      if (failures >= MOST_FAILURES) throw error!.thrown
      answers[i] = answer
      if (answer !== kept.get(example.id)) await options.onAnswer?.(answer)
      options.onProgress?.({ who: candidate.who, done: ++done, of: examples.length })
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: candidate.atOnce }, stopping(worker)))
  for (const end of ended) if (end.status === 'rejected') throw end.reason
  return answers

  /** Where one worker ends with an error, the others ask for nothing more. */
  function stopping(work: () => Promise<void>): () => Promise<void> {
    return () =>
      work().catch((error: unknown) => {
        next = examples.length
        throw error
      })
  }
}

async function answerTo(
  example: Example,
  { who, model }: AskedCandidate,
  grader: Grader,
  options: QualityOptions,
  before: GradedAnswer | undefined,
): Promise<{ readonly answer: GradedAnswer; readonly error: { readonly thrown: unknown } | null }> {
  const { signal } = options
  const call = callOf(example, grader, options)
  const digest = await sha256(JSON.stringify([model.provider, model.modelId, call]))
  const same = { who, model: model.modelId, id: example.id, call: digest, grader: grader.key }
  const isKept =
    before !== undefined && before.call === digest && (before.failed === null || ITS_OWN.has(before.failed))
  if (isKept && (before.failed !== null || before.grader === grader.key))
    return { answer: before, error: null }
  if (isKept && before.failed === null) {
    const grade = await gradeOf(before.text, example, grader, signal)
    return { answer: { ...before, ...same, grade }, error: null }
  }
  const quantisation = storedAs(model)
  const started = performance.now()
  try {
    const result = await model.doGenerate({ ...call, ...(signal && { abortSignal: signal }) })
    const told = outcomeOf(result, performance.now() - started)
    const outcome = { ...told, quantisation: told.quantisation ?? quantisation }
    const text = textOf(result)
    return {
      answer: { ...same, text, grade: await gradeOf(text, example, grader, signal), failed: null, outcome },
      error: null,
    }
  } catch (thrown) {
    signal?.throwIfAborted()
    if (thrown instanceof GradingFailed) throw thrown.cause
    const failed = codeOf(thrown)
    const isItsOwn = ITS_OWN.has(failed)
    const grade: Grade = { score: isItsOwn ? 0 : null, note: 'no answer' }
    return {
      answer: { ...same, text: '', grade, failed, outcome: { ...NO_OUTCOME, quantisation } },
      error: isItsOwn ? null : { thrown },
    }
  }
}

/** What a grader throws is no failure of the model that is graded. */
class GradingFailed extends Error {}

async function gradeOf(
  text: string,
  example: Example,
  grader: Grader,
  signal: AbortSignal | undefined,
): Promise<Grade> {
  try {
    return await grader.grade(text, example, signal)
  } catch (cause) {
    throw new GradingFailed('the grader failed', { cause })
  }
}

/** How a device model says its weights are stored. */
const storedAs = (model: LanguageModelV4 & Pick<DeviceModel, 'facts'>): string | null =>
  model.facts?.quantisation ?? null

const codeOf = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return 'unknown'
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : thrown.name
}

/** The call of an example. Instructions are for those that bring none: the caller's, else what the grader can read. */
export function callOf(
  { input }: Example,
  grader: Grader,
  { instructions, task, settings }: Pick<QualityOptions, 'instructions' | 'task' | 'settings'>,
): LanguageModelV4CallOptions {
  const messages: LanguageModelV4Message[] =
    typeof input === 'string'
      ? [{ role: 'user', content: [{ type: 'text', text: input }] }]
      : input.map(({ role, content }) =>
          role === 'system' ? { role, content } : { role, content: [{ type: 'text', text: content }] },
        )
  const told = instructions === undefined ? grader.instructions : instructions
  const needs = told !== null && messages.every(({ role }) => role !== 'system')
  return {
    prompt: needs ? [{ role: 'system', content: told }, ...messages] : messages,
    ...(grader.responseFormat && { responseFormat: grader.responseFormat }),
    ...settings,
    ...(task === undefined ? {} : { providerOptions: { edgewise: { task } } }),
  }
}
