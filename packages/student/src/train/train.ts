/**
 * Training from beginning to end: full fine-tuning of a model's weights, or adapters beside it. The same model, sequences, options and seed
 * give the same weights in every bit, whatever the threads, and whether or not the run was interrupted.
 */
import { BadOptionError, findString } from '@edgewise/engine'
import { offeredThreads } from '@edgewise/engine/wasm'
import { StudentError } from '../errors.ts'
import { epochSteps, longestOf, tokensRead } from './batches.ts'
import { checkCounts, checkSequences } from './check.ts'
import { Checkpoints, runDigest } from './checkpoint.ts'
import { lockFolder } from './folder-lock.ts'
import { adapterLayout, adapterOf, initialAdapters } from './lora.ts'
import { refuseMemory } from './memory.ts'
import { Network } from './network.ts'
import { LONGEST, Optimizer } from './optimizer.ts'
import { Pace } from './pace.ts'
import { rateOf } from './schedule.ts'
import { ADAPTER_PIECE, addGradient, PIECE } from './step.ts'
import { type Trainable, untrainable } from './trainable.ts'
import type { TrainingOptions, TrainingResult, TrainingSequence } from './types.ts'
import type { Trained } from './weights.ts'

/** More than this is trained with adapters, or elsewhere: a million tokens of it take an hour on one thread. */
const MOST_TRAINED = 25e6

/**
 * Trains and returns what it did; with `lora` the adapter is in the result, else the model's weights are changed in place, at the end.
 * Throws StudentError `examples_invalid`, `model_untrainable`, `adapter_invalid`, `checkpoint_invalid`, `training_diverged`, BadOptionError, OutOfMemoryError,
 * or the signal's reason.
 */
export async function train(
  model: Trainable,
  sequences: readonly TrainingSequence[],
  options: TrainingOptions,
): Promise<TrainingResult> {
  checkOptions(options)
  checkSequences(model, sequences)
  const { checkpoint } = options
  if (checkpoint === undefined) return await runTraining(model, sequences, options, undefined)
  using _ = lockFolder(checkpoint)
  const digest = runDigest(model, sequences, options)
  return await runTraining(model, sequences, options, new Checkpoints(checkpoint, digest))
}

/** As `train`, with checkpoints of the caller's; options and sequences are right. */
export async function runTraining(
  model: Trainable,
  sequences: readonly TrainingSequence[],
  options: Omit<TrainingOptions, 'checkpoint'>,
  checkpoints: Checkpoints | undefined,
): Promise<TrainingResult> {
  const { seed, lora, signal } = options
  if (!lora && model.parameters > MOST_TRAINED) {
    throw untrainable(
      `has ${model.parameters} parameters: all of them are trained up to ${MOST_TRAINED}; take lora`,
    )
  }
  const lengths = sequences.map(tokensRead)
  const longest = longestOf(lengths)
  const tokens = Math.max(lora ? ADAPTER_PIECE : PIECE, longest)
  const trained: Trained = lora
    ? { kind: 'adapters', lora, layout: adapterLayout(model.layout, lora) }
    : { kind: 'all' }
  const adapters = trained.kind === 'adapters' ? trained.layout : undefined
  const threads = options.threads ?? offeredThreads()
  refuseMemory(model, { trained, threads, longest, tokens })
  using network = new Network(model, { trained, threads, longest, tokens })
  const arena = network.weights.trained!
  if (adapters) network.room.floats(arena.values, arena.size).set(initialAdapters(adapters, lora!, seed))
  const optimizer = new Optimizer(network.room, arena)

  const epochs = Array.from({ length: options.epochs }, (_, epoch) =>
    epochSteps(lengths, options.batchTokens, seed, epoch),
  )
  const batches = epochs.flat()
  const done = (await checkpoints?.latest(optimizer.state)) ?? {
    step: 0,
    losses: [],
    tokens: 0,
    flops: 0,
    seconds: 0,
  }
  const losses = [...done.losses]
  const totals = { tokens: done.tokens, flops: done.flops, seconds: done.seconds }
  const resumedAt = done.step
  const pace = new Pace()
  const save = async (): Promise<void> =>
    await checkpoints?.save({ step: losses.length, losses, ...totals }, optimizer.state)

  for (let step = resumedAt + 1; step <= batches.length; step++) {
    if (signal?.aborted) {
      await save()
      signal.throwIfAborted()
    }
    const began = performance.now()
    optimizer.clear()
    const batch = batches[step - 1]!.map((number) => sequences[number]!)
    const { loss, tokens: read, flops } = addGradient(network, batch, adapters?.parameters)
    const gradient = optimizer.length()
    if (!Number.isFinite(loss) || !Number.isFinite(gradient))
      throw diverged(step, loss, gradient, options.rate)
    const rate = rateOf(step, batches.length, options.rate)
    optimizer.update(step, rate, Math.min(1, LONGEST / gradient))
    losses.push(loss)
    totals.tokens += read
    totals.flops += flops
    const seconds = (performance.now() - began) / 1000
    totals.seconds += seconds
    options.onStep?.({
      ...{ step, steps: batches.length, loss, gradient, rate, tokens: read, flops, seconds },
      tokensPerSecond: pace.after(read, seconds),
    })
    if (checkpoints?.isDue()) await save()
    // Timers, signals and whoever shows progress get their turn.
    await new Promise((resolve) => setImmediate(resolve))
  }
  await save()
  const values = network.room.floats(arena.values, arena.size)
  if (!adapters) model.weights.set(values)
  const last = losses.slice(-Math.ceil(losses.length / 10))
  return {
    steps: batches.length,
    losses,
    loss: last.reduce((sum, loss) => sum + loss, 0) / last.length,
    ...totals,
    resumedAt,
    ...(adapters && { adapter: adapterOf(adapters, lora!, values, named(model)) }),
  }
}

function named({ metadata, config }: Trainable): { name: string; architecture: string } {
  return {
    name: `${findString(metadata, 'general.name') ?? 'unnamed'} adapter`,
    architecture: config.architecture,
  }
}

function diverged(step: number, loss: number, gradient: number, rate: number): StudentError {
  return new StudentError(
    'training_diverged',
    `at step ${step} the loss is ${loss} and the gradient ${gradient}: take a lower rate than ${rate}, or larger batches`,
  )
}

/** More is a slip of the keys: nobody waits for it. */
const MOST_EPOCHS = 10_000

function checkOptions({ epochs, batchTokens, rate, seed, threads }: TrainingOptions): void {
  checkCounts({ epochs, batchTokens, threads })
  if (epochs > MOST_EPOCHS) throw new BadOptionError(`epochs is ${epochs}: at most ${MOST_EPOCHS}`)
  if (!(rate > 0 && rate < 1)) throw new BadOptionError(`rate is ${rate}: a number between 0 and 1`)
  if (!Number.isInteger(seed)) throw new BadOptionError(`seed is ${seed}: a whole number`)
}
