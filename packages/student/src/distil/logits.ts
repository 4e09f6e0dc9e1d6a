/**
 * What a local teacher of the same vocabulary expects at each token of an answer: its likeliest tokens with their probabilities, which tell a student more
 * than the one token that was written (Hinton et al. 2015). The teacher is asked in its own chat form, the student learns in its own.
 */
import { type ChatTemplate, chatTemplate, type Model } from '@edgewise/engine'
import { StudentError } from '../errors.ts'
import type { TrainingSequence } from '../train/types.ts'

export interface LogitTeacher {
  /** The sequence with the teacher's probabilities at the tokens of its answer; unchanged where the text does not fit the teacher. */
  soften(text: string, sequence: TrainingSequence): TrainingSequence
}

/** Tokens kept a place; the rest of the probability is little and left out. */
const LIKELIEST = 32

/**
 * `vocabulary`: texts of the student's tokens. Throws StudentError `model_untrainable` where the teacher has others, and what `chatTemplate` throws.
 */
export async function logitTeacher(teacher: Model, student: Pick<Model, 'tokenizer'>): Promise<LogitTeacher> {
  const template = await chatTemplate(teacher)
  mustShare(teacher, student)
  return { soften: (text, sequence) => soften(teacher, template, text, sequence) }
}

/** The student may have tokens behind the teacher's. */
function mustShare(teacher: Model, { tokenizer }: Pick<Model, 'tokenizer'>): void {
  const { size } = teacher.tokenizer
  for (let id = 0; id < size; id++) {
    if (id < tokenizer.size && teacher.tokenizer.textOf(id) === tokenizer.textOf(id)) continue
    throw new StudentError(
      'model_untrainable',
      `the teacher's vocabulary is not the student's (token ${id} of ${size} is another): learn its answers alone, or take a teacher of the base's family`,
    )
  }
}

function soften(
  teacher: Model,
  template: ChatTemplate,
  text: string,
  sequence: TrainingSequence,
): TrainingSequence {
  const from = sequence.weights.findIndex((weight, i) => i > 0 && weight > 0)
  const answer = sequence.ids.slice(from)
  const prompt = template.prompt([{ role: 'user', content: text }]).tokens
  if (prompt.length + answer.length > teacher.contextLength) return sequence
  if (answer.some((id) => id >= teacher.tokenizer.size)) return sequence
  using session = teacher.session()
  if (prompt.length > 1) session.prefill(prompt.slice(0, -1))
  // Behind the prompt's last token stands the answer's first, and so on; behind its last nothing is learned.
  const logits = session.forward([prompt.at(-1)!, ...answer.slice(0, -1)], true)
  const { size } = teacher.tokenizer
  return {
    ...sequence,
    teacher: answer.map((_, i) => ({
      at: from + i,
      ...likeliest(logits.subarray(i * size, (i + 1) * size)),
    })),
  }
}

/** Of logits [vocab]. */
function likeliest(logits: Float32Array): {
  readonly ids: readonly number[]
  readonly probabilities: readonly number[]
} {
  let top = Number.NEGATIVE_INFINITY
  for (const logit of logits) if (logit > top) top = logit
  let sum = 0
  for (const logit of logits) sum += Math.exp(logit - top)
  const ids = Array.from(logits.keys())
    .sort((a, b) => logits[b]! - logits[a]! || a - b)
    .slice(0, LIKELIEST)
  return { ids, probabilities: ids.map((id) => Math.exp(logits[id]! - top) / sum) }
}
