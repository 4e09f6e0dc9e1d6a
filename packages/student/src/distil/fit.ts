/** One student trained: from a base with the student's form to a file with trained weights, and what that took. */
import { type Model, readConfig, readGguf, Tokenizer } from '@edgewise/engine'
import { seededRandom } from '@edgewise/evidence'
import type { Example } from '../data/example.ts'
import { StudentError } from '../errors.ts'
import { tokensRead } from '../train/batches.ts'
import { train } from '../train/train.ts'
import { openTrainable, type Trainable } from '../train/trainable.ts'
import type { TrainingOptions, TrainingSequence } from '../train/types.ts'
import { leaveOut } from './leave-out.ts'
import { logitTeacher } from './logits.ts'
import { sequenceMaker } from './protocol.ts'

export interface Fitted {
  readonly model: Trainable
  readonly parameters: number
  /** Trained on, epochs counted. */
  readonly tokens: number
  readonly seconds: number
  /** Mean over the last tenth of the steps. */
  readonly loss: number
  /** Examples longer than the context, which were left out. */
  readonly tooLong: number
}

export type FitOptions = Omit<TrainingOptions, 'epochs'> & {
  readonly epochs?: number
  /** Share of a text's tokens. */
  readonly leaveOut: number
  /** A local teacher of the same vocabulary. */
  readonly logits?: Model
}

/** Steps that a training takes about, where nobody says how many epochs: more gain little on a few thousand short texts. */
const STEPS = 900
const [LEAST_EPOCHS, MOST_EPOCHS] = [4, 40]

/** Going through so many tokens that often makes about `STEPS` steps. */
const epochsFor = (tokens: number, batchTokens: number): number =>
  Math.min(MOST_EPOCHS, Math.max(LEAST_EPOCHS, Math.round((STEPS * batchTokens) / tokens)))

/** The examples over and over, until as many tokens are read of them as `tokens`. */
function passesOf(
  sequences: readonly TrainingSequence[],
  tokens: number,
  changed: (sequence: TrainingSequence) => TrainingSequence,
): TrainingSequence[] {
  const passes: TrainingSequence[] = []
  for (let left = tokens, i = 0; left > 0; i++) {
    const next = changed(sequences[i % sequences.length]!)
    passes.push(next)
    left -= tokensRead(next)
  }
  return passes
}

/**
 * `like`: the examples are gone through as often as makes its tokens, and so its steps. Throws StudentError `examples_invalid`
 * where no example fits the context, `model_untrainable`, `training_diverged`, `checkpoint_invalid`; and the signal's reason.
 */
export async function fit(
  base: Uint8Array,
  examples: readonly Example[],
  options: FitOptions,
  like?: Pick<Fitted, 'tokens'>,
): Promise<Fitted> {
  const { metadata } = readGguf(base)
  const tokenizer = await Tokenizer.open(metadata)
  const maker = await sequenceMaker({ metadata, tokenizer }, readConfig(metadata).contextLength)
  const { logits, leaveOut: share, ...training } = options
  const teacher = logits && (await logitTeacher(logits, { tokenizer }))
  const made = examples.map((example) => {
    const sequence = maker.sequence(example)
    return sequence && teacher ? teacher.soften(example.text, sequence) : sequence
  })
  const fitting = made.filter((sequence): sequence is TrainingSequence => sequence !== null)
  if (fitting.length === 0)
    throw new StudentError(
      'examples_invalid',
      `none of ${examples.length} examples fits the base's context of ${readConfig(metadata).contextLength} tokens: take shorter texts, or another base`,
    )
  const model = await openTrainable(base)
  const random = seededRandom(training.seed)
  const changed = (sequence: TrainingSequence) => (share === 0 ? sequence : leaveOut(sequence, share, random))
  const epochTokens = fitting.reduce((sum, sequence) => sum + tokensRead(sequence), 0)
  const epochs = training.epochs ?? epochsFor(epochTokens, training.batchTokens)
  // With something left out every time is another text, so all of them are one epoch; and so are passes that end in the middle of one.
  const isOne = share > 0 || like !== undefined
  const all = like
    ? passesOf(fitting, like.tokens, changed)
    : Array.from({ length: isOne ? epochs : 1 }, () => fitting.map(changed)).flat()
  const { tokens, seconds, loss } = await train(model, all, { ...training, epochs: isOne ? 1 : epochs })
  return {
    model,
    parameters: model.parameters,
    tokens,
    seconds,
    loss,
    tooLong: made.length - fitting.length,
  }
}
