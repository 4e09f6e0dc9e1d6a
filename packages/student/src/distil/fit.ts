/** One student trained: from a base with the student's form to a file with trained weights, and what that took. */
import { type Model, readConfig, readGguf, Tokenizer } from '@edgewise/engine'
import { seededRandom } from '@edgewise/evidence'
import type { Example } from '../data/example.ts'
import { train } from '../train/train.ts'
import { openTrainable, type Trainable } from '../train/trainable.ts'
import type { TrainingOptions, TrainingSequence } from '../train/types.ts'
import { leaveOut } from './leave-out.ts'
import { logitTeacher } from './logits.ts'
import { sequenceMaker } from './protocol.ts'

export interface Fitted {
  readonly model: Trainable
  readonly epochs: number
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

/** Going through them that often makes about `STEPS` steps. */
function epochsFor(sequences: readonly TrainingSequence[], batchTokens: number): number {
  const tokens = sequences.reduce((sum, { ids }) => sum + ids.length - 1, 0)
  return Math.min(MOST_EPOCHS, Math.max(LEAST_EPOCHS, Math.round((STEPS * batchTokens) / tokens)))
}

/**
 * `repeatTo`: examples are gone through again until there are so many, so that two sets of different size take the same steps. Throws StudentError
 * `model_untrainable`, `training_diverged`, `checkpoint_invalid`, and the signal's reason.
 */
export async function fit(
  base: Uint8Array,
  examples: readonly Example[],
  options: FitOptions,
  repeatTo: number = examples.length,
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
  const sequences = Array.from(
    { length: Math.max(repeatTo, fitting.length) },
    (_, i) => fitting[i % fitting.length]!,
  )
  const model = await openTrainable(base)
  const epochs = training.epochs ?? epochsFor(sequences, training.batchTokens)
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
    parameters: model.parameters,
    tokens,
    seconds,
    loss,
    tooLong: made.length - fitting.length,
  }
}
