/** One student trained: from a base with the student's form to a file with trained weights, and what that took. */
import { type Model, readConfig, readGguf, Tokenizer } from '@edgewise/engine'
import { seededRandom } from '@edgewise/evidence'
import type { Example } from '../data/example.ts'
import { StudentError } from '../errors.ts'
import { train } from '../train/train.ts'
import { openTrainable, type Trainable } from '../train/trainable.ts'
import type { TrainingOptions, TrainingSequence } from '../train/types.ts'
import { leaveOut } from './leave-out.ts'
import { logitTeacher } from './logits.ts'
import { sequenceMaker } from './protocol.ts'

export interface Fitted {
  readonly model: Trainable
  readonly epochs: number
  /** What one epoch goes through: sequences, and the tokens in them. */
  readonly epoch: { readonly sequences: number; readonly tokens: number }
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

/** As many epochs as make the tokens, and so the steps, of `like`; a tenth more or less is let be, as whole epochs are no finer. */
function epochsLike({ epochs, epoch }: Pick<Fitted, 'epochs' | 'epoch'>, tokens: number): number {
  const ratio = epoch.tokens / tokens
  return Math.abs(ratio - 1) <= 0.1 ? epochs : Math.max(1, Math.round(epochs * ratio))
}

/**
 * `like`: the examples are gone through again until they are as many as its, and as often as makes its steps. Throws StudentError `examples_invalid`
 * where no example fits the context, `model_untrainable`, `training_diverged`, `checkpoint_invalid`; and the signal's reason.
 */
export async function fit(
  base: Uint8Array,
  examples: readonly Example[],
  options: FitOptions,
  like?: Pick<Fitted, 'epochs' | 'epoch'>,
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
  const sequences = Array.from(
    { length: Math.max(like?.epoch.sequences ?? 0, fitting.length) },
    (_, i) => fitting[i % fitting.length]!,
  )
  const epochTokens = sequences.reduce((sum, { ids }) => sum + ids.length - 1, 0)
  const model = await openTrainable(base)
  const epochs = like
    ? epochsLike(like, epochTokens)
    : (training.epochs ?? epochsFor(epochTokens, training.batchTokens))
  const random = seededRandom(training.seed)
  // With something left out every time is another text: all of them are one epoch.
  const times = share === 0 ? 1 : epochs
  const all = Array.from({ length: times }, () =>
    share === 0 ? sequences : sequences.map((sequence) => leaveOut(sequence, share, random)),
  ).flat()
  const { tokens, seconds, loss } = await train(model, all, { ...training, epochs: epochs / times })
  return {
    model,
    epochs,
    epoch: { sequences: sequences.length, tokens: epochTokens },
    parameters: model.parameters,
    tokens,
    seconds,
    loss,
    tooLong: made.length - fitting.length,
  }
}
