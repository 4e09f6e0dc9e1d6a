/**
 * Asks a teacher about prompts, under a budget in dollars that no call can pass: before each one what it may cost at most is added to what is
 * spent, and written down, so that it holds across processes that were killed. Answers are given out as they come, redacted.
 */
import { BadOptionError } from '@edgewise/engine'
import type { NameFinder } from '@edgewise/redact'
import { StudentError } from '../errors.ts'
import { type AnswerLine, type AskedLine, type FailedLine, keyOf, type TeacherAnswer } from './answer.ts'
import { refuse } from './check.ts'
import { placeOf } from './example.ts'
import type { Prompt } from './read-examples.ts'
import { isRedactionOf, redactedPair } from './redact.ts'

/** Who is asked. */
export interface Teacher {
  /** As its API calls it. */
  readonly name: string
  /** US dollars that a call may cost at most, retries included; null where its price is not known. */
  readonly mostUsd: (text: string) => number | null
  /** Rejects where there is no answer; an error's `costUsd`, where it is a number, is what the try cost. */
  readonly ask: (text: string, sample: number, signal: AbortSignal) => Promise<TeacherReply>
}

export interface TeacherReply extends Pick<TeacherAnswer, 'costUsd' | 'inputTokens' | 'outputTokens'> {
  readonly answer: string
  readonly probabilities?: { readonly [answer: string]: number }
}

export interface AskOptions {
  /** US dollars over all processes; null: no limit, for a teacher that costs nothing. */
  readonly budgetUsd: number | null
  /** Answers to each prompt. */
  readonly samples: number
  /** Calls at a time. */
  readonly atOnce: number
  /** Answers that are there already, of an earlier run. */
  readonly kept: readonly TeacherAnswer[]
  readonly spentUsd: number
  readonly nextCall: number
  /** Writes a line down, durably, before it returns. */
  readonly write: (line: AskedLine | FailedLine | AnswerLine) => void
  readonly names: NameFinder | null
  /** Those that the teacher was told; null: answers are any text. */
  readonly labels: readonly string[] | null
  readonly onProgress?: (done: number, of: number, spentUsd: number) => void
  readonly signal?: AbortSignal
}

export interface Asked {
  readonly answered: number
  /** Prompts and samples without an answer, with why; asked again by the next run. */
  readonly failed: readonly { readonly id: string; readonly code: string }[]
  readonly spentUsd: number
}

/** Failures in a row after which nothing more is asked. */
const MOST_FAILURES = 5

/**
 * Asks for what is missing. Throws StudentError `budget_spent` where the budget is too small for the next call (what was answered is
 * written), `examples_invalid` for prompts with the id of another text that was answered already; BadOptionError for a budget that is none; the
 * signal's reason; and the last error when five calls in a row come to nothing.
 */
export async function askTeacher(
  prompts: readonly Prompt[],
  teacher: Teacher,
  options: AskOptions,
): Promise<Asked> {
  const { budgetUsd, samples, atOnce, kept, write, names, labels, onProgress, signal } = options
  if (budgetUsd !== null && amount(budgetUsd) === null)
    throw new BadOptionError(`the budget is ${budgetUsd}: say dollars, from 0, or null for none`)
  refuseOtherTexts(prompts, kept)
  const there = new Set(kept.map(({ id, teacher, sample }) => keyOf(id, teacher, sample)))
  const wanted = prompts.flatMap((prompt) =>
    Array.from({ length: samples }, (_, sample) => ({ prompt, sample })).filter(
      ({ sample }) => !there.has(keyOf(prompt.id, teacher.name, sample)),
    ),
  )
  const stop = new AbortController()
  const until = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal
  const failed: { id: string; code: string }[] = []
  let [spent, call, answered, failures] = [options.spentUsd, options.nextCall, 0, 0]
  const total = prompts.length * samples

  const askOne = async ({ prompt, sample }: (typeof wanted)[number]): Promise<void> => {
    const most = amount(teacher.mostUsd(prompt.text))
    if (budgetUsd !== null && (most === null || spent + most > budgetUsd))
      throw overBudget(teacher, budgetUsd, spent, most)
    const number = call++
    const reserved = most ?? 0
    spent += reserved
    write({ call: number, asked: prompt.id, sample, mostUsd: reserved })
    let costUsd: number | null = null
    const paid = (usd: unknown): void => {
      costUsd = amount(usd)
      if (costUsd !== null) spent += costUsd - reserved
    }
    const nothing = (error: unknown): void => {
      if (until.aborted) throw until.reason
      write({ call: number, failed: codeOf(error), costUsd })
      failed.push({ id: prompt.id, code: codeOf(error) })
      if (++failures >= MOST_FAILURES) throw error
    }
    let reply: TeacherReply
    try {
      reply = await teacher.ask(prompt.text, sample, until)
    } catch (error) {
      paid(costOf(error))
      return nothing(error)
    }
    paid(reply.costUsd)
    let pair: readonly [text: string, answer: string]
    try {
      pair = await redactedPair(prompt.text, reply.answer, { names, labels, signal: until })
    } catch (error) {
      return nothing(error)
    }
    failures = 0
    const [text, answer] = pair
    write({
      call: number,
      id: prompt.id,
      text,
      answer,
      teacher: teacher.name,
      sample,
      costUsd,
      inputTokens: countOf(reply.inputTokens),
      outputTokens: countOf(reply.outputTokens),
      at: prompt.at ?? null,
      user: prompt.user ?? null,
      feedback: null,
      probabilities: reply.probabilities ?? null,
    })
    answered++
    onProgress?.(total - wanted.length + answered, total, spent)
  }
  const queue = wanted.values()
  const lanes = Array.from({ length: atOnce }, async () => {
    for (const one of queue) {
      until.throwIfAborted()
      await askOne(one)
    }
  })
  // The first error ends the others, after what they have asked for is written down.
  for (const lane of lanes) lane.catch((error: unknown) => stop.abort(error))
  await Promise.allSettled(lanes)
  if (stop.signal.aborted) throw stop.signal.reason
  return { answered, failed, spentUsd: spent }
}

/** Ids are the numbers of rows where a file has none: the answers of another file, or of rows that have moved, are not those of these prompts. */
function refuseOtherTexts(prompts: readonly Prompt[], kept: readonly TeacherAnswer[]): void {
  const texts = new Map(kept.map(({ id, text }) => [id, text]))
  const issues = prompts.flatMap((prompt) => {
    const text = texts.get(prompt.id)
    return text === undefined || isRedactionOf(text, prompt.text)
      ? []
      : [
          `${placeOf(prompt)}: another text with this id was answered already: give prompts ids of their own, or the answers another file`,
        ]
  })
  refuse('the file of prompts', issues)
}

/** What others say, as dollars or a count that a budget and a file can hold; null where it is none. */
const amount = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null
const countOf = (value: number | null): number | null =>
  Number.isSafeInteger(value) && value! >= 0 ? value : null

function overBudget(teacher: Teacher, budget: number, spent: number, most: number | null): StudentError {
  return new StudentError(
    'budget_spent',
    most === null
      ? `what ${teacher.name} costs is not known, so a budget of $${budget} cannot be held: put its price into the policy`
      : `the next call of ${teacher.name} may cost $${most.toPrecision(2)}, and of the budget of $${budget} $${spent.toPrecision(3)} is spent: what was answered is kept; raise the budget to go on`,
  )
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'failed'

const costOf = (error: unknown): unknown =>
  error instanceof Error && 'costUsd' in error ? error.costUsd : null
