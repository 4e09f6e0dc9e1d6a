/**
 * From a teacher's answers the examples worth learning: valid, agreed, not disliked, each said once, and none that the test set has. What each
 * step leaves out is counted and named, for the report. Deterministic; the order of the answers decides which of two copies stays.
 */
import type { TeacherAnswer } from './answer.ts'
import { type Example, placeOf } from './example.ts'
import { NearTexts, normalised } from './near.ts'
import { isRedactionOf, PLACEHOLDER } from './redact.ts'

export type FilterName =
  | 'valid'
  | 'liked'
  | 'agreed'
  | 'duplicates'
  | 'contradictions'
  | 'near duplicates'
  | 'test items'

/** One step: how many prompts came in, and which it left out, with the reason. */
export interface FilterStep {
  readonly name: FilterName
  readonly before: number
  readonly after: number
  readonly dropped: readonly { readonly id: string; readonly why: string }[]
}

export interface FilterOptions {
  /** The target that an answer stands for (a label in its own spelling), or null where it is not valid. */
  readonly target: (answer: string) => string | null
  /** What is measured with, which nothing may be learned of. */
  readonly test: readonly Example[]
  /** Of several answers to one prompt, or to copies of one text, the share that must be the same; below it nobody knows what is right. */
  readonly agreement: number
  /** Jaccard similarity of character 4-grams from which two texts are one. */
  readonly near: number
}

export interface Filtered {
  readonly examples: readonly Example[]
  readonly steps: readonly FilterStep[]
}

type Keeps = (example: Example) => string | null

export function filterAnswers(answers: readonly TeacherAnswer[], options: FilterOptions): Filtered {
  const steps: FilterStep[] = []
  const prompts = promptsOf(answers)
  const step = <T extends { readonly id: string }>(
    name: FilterName,
    items: readonly T[],
    whyNot: (item: T) => string | null,
  ): T[] => {
    const dropped: { id: string; why: string }[] = []
    const kept = items.filter((item) => {
      const why = whyNot(item)
      if (why !== null) dropped.push({ id: item.id, why })
      return why === null
    })
    steps.push({ name, before: items.length, after: kept.length, dropped })
    return kept
  }
  const valid = step('valid', prompts, ({ answers }) =>
    answers.some(({ answer }) => options.target(answer) !== null) ? null : 'no valid answer',
  )
  const liked = step('liked', valid, ({ answers }) =>
    answers.some(({ feedback }) => feedback !== null && feedback < 0.5) ? 'its user said it was wrong' : null,
  )
  const agreed = step('agreed', liked, (prompt) => {
    const of = prompt.answers.length
    const { share } = majorityOf(targetsOf(prompt, options))
    return share >= options.agreement ? null : `${Math.round(share * of)} of ${of} answers agree`
  })
  let examples = agreed.map((prompt) => exampleOf(prompt, options))
  examples = step('contradictions', examples, contradicted(examples, options.agreement))
  examples = step('duplicates', examples, repeated())
  examples = step('near duplicates', examples, repeatedNearly(examples, options.near))
  examples = step('test items', examples, leakFinder(options.test, options.near))
  return { examples, steps }
}

interface Prompt {
  readonly id: string
  readonly answers: readonly TeacherAnswer[]
}

function promptsOf(answers: readonly TeacherAnswer[]): Prompt[] {
  const byId = new Map<string, TeacherAnswer[]>()
  for (const answer of answers) {
    const others = byId.get(answer.id)
    if (others === undefined) byId.set(answer.id, [answer])
    else others.push(answer)
  }
  return [...byId].map(([id, answers]) => ({ id, answers }))
}

interface Majority {
  /** Null where no answer is valid. */
  readonly target: string | null
  /** Of all answers, those with it; 0 where two targets have the most. */
  readonly share: number
}

/** An answer that is not valid (null) agrees with none. */
function majorityOf(targets: readonly (string | null)[]): Majority {
  const counts = new Map<string, number>()
  for (const target of targets) if (target !== null) counts.set(target, (counts.get(target) ?? 0) + 1)
  const [first, second] = [...counts].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
  const isTie = second !== undefined && second[1] === first![1]
  return { target: first?.[0] ?? null, share: isTie ? 0 : (first?.[1] ?? 0) / targets.length }
}

const targetsOf = ({ answers }: Prompt, { target }: FilterOptions): (string | null)[] =>
  answers.map(({ answer }) => target(answer))

function exampleOf(prompt: Prompt, options: FilterOptions): Example {
  const [first] = prompt.answers
  const { text, user, at } = first!
  const probabilities = probabilitiesOf(prompt, options)
  return {
    id: prompt.id,
    text,
    target: majorityOf(targetsOf(prompt, options)).target!,
    from: 'teacher',
    ...(probabilities !== null && { probabilities }),
    ...(user !== null && { user }),
    ...(at !== null && { at }),
  }
}

/** The mean over the answers: of what the teacher said of them, else of one answer each where there are several. */
function probabilitiesOf(
  { answers }: Prompt,
  { target }: Pick<FilterOptions, 'target'>,
): Record<string, number> | null {
  if (answers.length === 1 && answers[0]!.probabilities === null) return null
  const mean = new Map<string, number>()
  for (const { answer, probabilities } of answers)
    for (const [said, probability] of Object.entries(probabilities ?? { [answer]: 1 })) {
      const found = target(said)
      if (found !== null) mean.set(found, (mean.get(found) ?? 0) + probability / answers.length)
    }
  return Object.fromEntries(mean)
}

/** Of copies of one text those with the answer of most stay; where too few have it nobody knows what is right, and none does. */
function contradicted(examples: readonly Example[], agreement: number): Keeps {
  const targets = new Map<string, string[]>()
  for (const { text, target } of examples) {
    const key = normalised(text)
    const others = targets.get(key)
    if (others === undefined) targets.set(key, [target])
    else others.push(target)
  }
  const most = new Map([...targets].map(([key, said]) => [key, majorityOf(said)]))
  return ({ text, target }) => {
    const majority = most.get(normalised(text))!
    if (majority.share < agreement) return 'the same text was answered in two ways'
    return target === majority.target ? null : 'most copies of its text have another answer'
  }
}

function repeated(): Keeps {
  const seen = new Map<string, string>()
  return ({ id, text }) => {
    const key = normalised(text)
    const before = seen.get(key)
    if (before === undefined) seen.set(key, id)
    return before === undefined ? null : `the text of ${before}`
  }
}

/** Near texts of different answers stay: what tells them apart is what is to be learned. */
function repeatedNearly(examples: readonly Example[], threshold: number): Keeps {
  const byTarget = new Map<string, { near: NearTexts; ids: string[] }>()
  const corpus = examples.map(({ text }) => text)
  const counted = new NearTexts(corpus, threshold)
  return ({ id, text, target }) => {
    const known = byTarget.get(target) ?? { near: counted.fresh(), ids: [] }
    byTarget.set(target, known)
    const found = known.near.find(text)
    if (found !== null) return `nearly the text of ${known.ids[found]}`
    known.near.add(text)
    known.ids.push(id)
    return null
  }
}

/** Why an example must not be learned of: the test set has its text, nearly its text, or words of its user; null where it may. */
export function leakFinder(test: readonly Example[], threshold: number): Keeps {
  const same = new Map(test.map((example) => [normalised(example.text), example]))
  const users = new Map(
    test.flatMap((example) => (example.user === undefined ? [] : [[example.user, example]])),
  )
  const index = new NearTexts(
    test.map(({ text }) => text),
    threshold,
  )
  for (const { text } of test) index.add(text)
  return ({ text, user }) => {
    const copy = same.get(normalised(text))
    if (copy !== undefined) return `the text of ${placeOf(copy)} of the test set`
    const other = user === undefined ? undefined : users.get(user)
    if (other !== undefined) return `its user asked ${placeOf(other)} of the test set`
    // What was collected is redacted, what is measured with is not.
    const hidden = PLACEHOLDER.test(text)
      ? test.find((example) => isRedactionOf(text, example.text))
      : undefined
    if (hidden !== undefined) return `the text of ${placeOf(hidden)} of the test set, redacted`
    const found = index.find(text)
    return found === null ? null : `nearly the text of ${placeOf(test[found]!)} of the test set`
  }
}
