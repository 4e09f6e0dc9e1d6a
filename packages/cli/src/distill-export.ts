/** `edgewise distill export`: the answers filtered and split as for a training here, written for a trainer elsewhere. */
import {
  DISTIL_DEFAULTS,
  type Exported,
  type ExportTraining,
  labelsIn,
  learnedOf,
  readAnswers,
  readExamples,
  type Trainer,
} from '@edgewise/student'
import { readLabels } from './distill-collect.ts'
import { readTextFile } from './distill-files.ts'
import { type TermsOptions, termsOf } from './distill-terms.ts'

export interface ExportCommandOptions extends TermsOptions {
  readonly trainer: Trainer
  readonly base: string
  readonly test: string
  readonly teacher?: string
  readonly labels?: string
  readonly text?: true
  readonly out: string
  readonly epochs?: number
  readonly seed: number
  readonly split: 'user' | 'time'
  readonly agreement: number
  readonly near: number
}

export async function exportAnswers(
  path: string,
  options: ExportCommandOptions,
  write: ExportTraining,
): Promise<Exported> {
  const { header, answers } = readAnswers(await readTextFile(path), path)
  const terms = await termsOf(options, header.teacher, header.terms)
  const test = readExamples(await readTextFile(options.test), options.test, 'gold')
  const labels = options.text
    ? null
    : options.labels === undefined
      ? labelsIn(test.map(({ target }) => target))
      : await readLabels(options.labels)
  const { train, held } = learnedOf({
    teacher: { name: header.teacher, terms },
    answers,
    test,
    seeds: [],
    labels,
    filter: { agreement: options.agreement, near: options.near },
    split: { by: options.split, share: DISTIL_DEFAULTS.split.share },
    seed: options.seed,
    holdsBack: true,
  })
  return await write({
    trainer: options.trainer,
    folder: options.out,
    train,
    valid: held,
    system: header.instructions ?? '',
    base: options.base,
    seed: options.seed,
    ...(options.teacher !== undefined && { teacher: options.teacher }),
    ...(options.epochs !== undefined && { epochs: options.epochs }),
  })
}

export function exportedText({ folder, train, valid, run, bringBack }: Exported): string {
  return [
    `${folder}: ${train.toLocaleString('en')} examples to learn, ${valid.toLocaleString('en')} to measure the loss on`,
    `there, on the machine that trains: ${run}`,
    `bring back: ${bringBack}, then edgewise distill import ${bringBack} student.gguf`,
  ].join('\n')
}
