/**
 * A training set as a folder that a trainer in Python takes as it is: train.jsonl and valid.jsonl with a conversation a line, the trainer's own
 * configuration, what it requires, a script that does it all, and a page that says what to do. Nothing is run or sent.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { refuse } from '../data/check.ts'
import { type Example, placeOf } from '../data/example.ts'
import { StudentError } from '../errors.ts'
import { readme } from './readme.ts'
import { distillkit } from './trainers/distillkit.ts'
import { mlx } from './trainers/mlx.ts'
import type { Plan, Recipe } from './trainers/recipe.ts'
import { trl } from './trainers/trl.ts'
import { unsloth } from './trainers/unsloth.ts'
import type { Exported, ExportOptions, Trainer } from './types.ts'

const recipes: Readonly<Record<Trainer, Recipe>> = { trl, mlx, unsloth, distillkit }
export const trainers: readonly Trainer[] = Object.keys(recipes) as Trainer[]

/**
 * Throws StudentError `examples_invalid` (no example, an empty text or answer, a text of `valid` that is in `train`; issues name the
 * rows), RangeError for an option out of its range or a folder that is not empty, or what the file system throws.
 */
export async function exportTraining(options: ExportOptions): Promise<Exported> {
  const { trainer, folder, train, valid, system } = options
  const recipe = Object.hasOwn(recipes, trainer) ? recipes[trainer] : undefined
  if (!recipe)
    throw new RangeError(`the trainer is ${JSON.stringify(trainer)}: take one of ${trainers.join(', ')}`)
  const plan = planOf(options, recipe)
  checkParts(train, valid)
  const lines = (examples: readonly Example[]): string =>
    examples.map((example) => `${JSON.stringify(messagesOf(example, system))}\n`).join('')
  const files: Record<string, string> = {
    'train.jsonl': lines(train),
    'valid.jsonl': lines(valid),
    ...recipe.files(plan),
  }
  files['README.md'] = readme(recipe, plan, { train: train.length, valid: valid.length, system })
  await mkdir(folder, { recursive: true })
  if ((await readdir(folder)).length > 0) {
    throw new RangeError(`the folder ${folder} is not empty: name one that is, or a new one`)
  }
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text, { mode: modeOf(name), flag: 'wx' })
  }
  return {
    folder,
    files: Object.keys(files),
    train: train.length,
    valid: valid.length,
    run: 'sh run.sh',
    bringBack: 'student',
  }
}

/** What people asked is their owner's alone to read, as the file of answers is. */
function modeOf(name: string): number {
  if (name.endsWith('.jsonl')) return 0o600
  return name.endsWith('.sh') ? 0o755 : 0o644
}

/** A line of the files. */
function messagesOf({ text, target }: Example, system: string): unknown {
  return {
    messages: [
      ...(system === '' ? [] : [{ role: 'system', content: system }]),
      { role: 'user', content: text },
      { role: 'assistant', content: target },
    ],
  }
}

function planOf(options: ExportOptions, recipe: Recipe): Plan {
  const { base, teacher = '', epochs = 3, rank = 16, rate = recipe.rate, seed = 0 } = options
  const whole = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least
  const check = (name: string, value: unknown, isRight: boolean, wanted: string): void => {
    if (!isRight) throw new RangeError(`${name} is ${JSON.stringify(value)}: it must be ${wanted}`)
  }
  check('base', base, isName(base), 'the name of a model, or a folder')
  const needsTeacher = options.trainer === 'distillkit'
  check(
    'teacher',
    teacher,
    needsTeacher ? isName(teacher) : teacher === '',
    needsTeacher ? 'the name of a model, or a folder' : 'left out: only DistillKit takes one',
  )
  check('epochs', epochs, whole(epochs, 1), 'a whole number from 1')
  check('rank', rank, whole(rank, 1), 'a whole number from 1')
  check('rate', rate, rate >= 1e-6 && rate <= 1, 'from 0.000001 to 1')
  check('seed', seed, whole(seed, 0), 'a whole number from 0')
  return {
    base,
    teacher,
    epochs,
    rank,
    rate,
    seed,
    examples: options.train.length,
    valid: options.valid.length,
  }
}

/** One line of letters one can see: it goes into scripts and pages. */
function isName(name: string): boolean {
  return /^[\p{L}\p{N}\p{P}\p{S} ]+$/u.test(name) && name.trim() === name && !name.startsWith('-')
}

function checkParts(train: readonly Example[], valid: readonly Example[]): void {
  for (const [what, examples] of [
    ['the training set', train],
    ['the validation set', valid],
  ] as const) {
    if (examples.length === 0)
      throw new StudentError('examples_invalid', `${what} has no examples: give it some`)
    refuse(
      what,
      examples.flatMap((example) => [
        ...(example.text.trim() === '' ? [`${placeOf(example)}: the text is empty`] : []),
        ...(example.target.trim() === '' ? [`${placeOf(example)}: the answer is empty`] : []),
      ]),
    )
  }
  const learned = new Map(train.map((example) => [example.text.trim(), example]))
  refuse(
    'the validation set',
    valid.flatMap((example) => {
      const same = learned.get(example.text.trim())
      return same ? [`${placeOf(example)}: its text is that of ${placeOf(same)}, which is trained on`] : []
    }),
  )
}
