/**
 * What a reader of a result must know about its examples: texts that are there twice, answers that contradict each other, answers that
 * stand in the question. Told, never mended: which of two is right, only the team knows.
 */
import { askedText, type Example } from './example.ts'
import { canonical, normalised } from './text-forms.ts'

export interface ExampleNotes {
  /** Examples that ask what an earlier one asks and want the same. */
  readonly duplicates: readonly string[]
  /** Examples that ask what an earlier one asks and want something else: at most one of them can be right. */
  readonly contradictions: readonly string[]
  /** Examples whose answer stands word for word in what is asked, or whose question an other example's messages answer. */
  readonly leaks: readonly string[]
}

/** A shorter answer stands there by chance, or because a label is a word that people use. Characters. */
const SHORTEST_LEAK = 20

/** Ids, in the order of the examples. Texts are compared as `normalised` has them. */
export function exampleNotes(examples: readonly Example[]): ExampleNotes {
  const duplicates: string[] = []
  const contradictions: string[] = []
  const wanted = new Map<string, Set<string>>()
  for (const example of examples) {
    const asked = normalised(JSON.stringify(example.input))
    const answer = formOf(example)
    const before = wanted.get(asked)
    if (before === undefined) wanted.set(asked, new Set([answer]))
    else {
      ;(before.has(answer) ? duplicates : contradictions).push(example.id)
      before.add(answer)
    }
  }
  const shown = shownAnswers(examples)
  const leaks = examples.filter((example) => standsInQuestion(example) || isShown(example, shown))
  return { duplicates, contradictions, leaks: leaks.map(({ id }) => id) }
}

const formOf = ({ expected }: Example): string =>
  typeof expected === 'string' ? normalised(expected) : canonical(expected)

function standsInQuestion(example: Example): boolean {
  const answer = formOf(example)
  return answer.length >= SHORTEST_LEAK && normalised(askedText(example)).includes(answer)
}

/** What assistants answer in the messages of examples, by what the user asked before: worked examples in prompts. */
function shownAnswers(examples: readonly Example[]): ReadonlyMap<string, ReadonlySet<string>> {
  const shown = new Map<string, Set<string>>()
  for (const { input } of examples) {
    if (typeof input === 'string') continue
    for (const [i, { role, content }] of input.entries()) {
      const before = input[i - 1]
      if (role !== 'assistant' || before?.role !== 'user') continue
      const asked = normalised(before.content)
      shown.set(asked, (shown.get(asked) ?? new Set()).add(normalised(content)))
    }
  }
  return shown
}

function isShown(example: Example, shown: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  if (shown.size === 0) return false
  const last = typeof example.input === 'string' ? example.input : example.input.at(-1)!.content
  const { expected } = example
  const answer = normalised(typeof expected === 'string' ? expected : JSON.stringify(expected))
  return shown.get(normalised(last))?.has(answer) ?? false
}
