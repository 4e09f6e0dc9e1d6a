/**
 * The form in which a student is asked and answers, in one place: the text of the user's last message, a space in front, the token that ends a
 * turn; then the answer and that token again. It is the file's own chat template, so every runtime asks alike; system messages are not read.
 * A label is one token of the vocabulary, whose text is the label: one forward pass decides among them, and no runtime needs to know more.
 */
import {
  type ChatTemplate,
  chatTemplate,
  findStrings,
  type Metadata,
  type Model,
  type Tokenizer,
} from '@edgewise/engine'
import type { Example } from '../data/example.ts'
import { StudentError } from '../errors.ts'
import type { TrainingSequence } from '../train/types.ts'

/** The labels of a student's file, an array of strings; absent in one that writes any text. */
export const LABELS_KEY = 'edgewise.student.labels'

/** Stands in every student's file: which form it is asked in. Whoever opens a file knows by it that another training gives another model. */
export const FORM_KEY = 'edgewise.student.form'

export const labelsOfFile = (metadata: Metadata): readonly string[] | null =>
  findStrings(metadata, LABELS_KEY) ?? null

/** Jinja. `end`: the text of the token that ends a turn. */
export function studentTemplate(end: string): string {
  const turn = `' ' ~ ns.text ~ ${JSON.stringify(end)}`
  return `{% set ns = namespace(text='') %}{% for m in messages %}{% if m['role'] == 'user' %}{% set ns.text = m['content'] | trim %}{% endif %}{% endfor %}{{ ${turn} }}`
}

/** The token that ends a turn. Throws StudentError `model_untrainable` for a vocabulary without one. */
export function endOf(tokenizer: Tokenizer): number {
  const [end] = tokenizer.ends
  if (end !== undefined) return end
  throw new StudentError(
    'model_untrainable',
    'the vocabulary has no token that ends a text (tokenizer.ggml.eos_token_id): a student would not know when to stop',
  )
}

/**
 * How much stopping counts beside the label itself: enough that a runtime without the constraint gets an end after it, too little to take
 * from what the label is learned with.
 */
const END_WEIGHT = 0.1

export interface SequenceMaker {
  /** The sequence to learn; null where text and answer are longer than the context. */
  readonly sequence: (example: Example) => TrainingSequence | null
}

/** Throws what `chatTemplate` throws. */
export async function sequenceMaker(
  model: Pick<Model, 'metadata' | 'tokenizer'>,
  contextLength: number,
): Promise<SequenceMaker> {
  const template = await chatTemplate(model)
  const { tokenizer } = model
  const end = endOf(tokenizer)
  const labels = labelsOfFile(model.metadata)
  const ids = labels && new Map(labels.map((label) => [label, tokenizer.idOf(label)!]))
  return {
    sequence(example) {
      const prompt = promptTokens(template, example.text)
      const label = ids?.get(example.target)
      const answer = label === undefined ? tokenizer.encode(example.target, { literal: true }) : [label]
      const all = [...prompt, ...answer, end]
      if (all.length > contextLength) return null
      const weights: number[] = all.map((_, i) => (i < prompt.length ? 0 : 1))
      if (label === undefined) return { ids: all, weights }
      weights[all.length - 1] = END_WEIGHT
      const soft = softOf(example, ids!)
      return {
        ids: all,
        weights,
        ...(soft && { teacher: [{ at: prompt.length, ...soft }] }),
      }
    },
  }
}

export const promptTokens = (template: ChatTemplate, text: string): readonly number[] =>
  template.prompt([{ role: 'user', content: text }]).tokens

/** What the teacher thinks of the labels, as tokens; null where it does not say. */
function softOf(
  { probabilities }: Example,
  ids: ReadonlyMap<string, number>,
): { readonly ids: readonly number[]; readonly probabilities: readonly number[] } | null {
  const likely = Object.entries(probabilities ?? {}).flatMap(([label, probability]) => {
    const id = ids.get(label)
    return id === undefined || !(probability > 0) ? [] : [{ id, probability }]
  })
  const sum = likely.reduce((total, { probability }) => total + probability, 0)
  if (sum === 0) return null
  return {
    ids: likely.map(({ id }) => id),
    probabilities: likely.map(({ probability }) => probability / sum),
  }
}
