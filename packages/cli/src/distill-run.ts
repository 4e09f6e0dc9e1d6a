/**
 * `edgewise distill run`: from a teacher's answers and a gold test set to students, their report, and, where the gate passes, the task's device
 * model with a certificate.
 */
import { readdir, rm, rmdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FileType } from '@edgewise/engine'
import { documentHtml, documentMarkdown, documentText } from '@edgewise/evidence'
import { resolveModel } from '@edgewise/hub'
import {
  type AnswersFileContent,
  DISTIL_DEFAULTS,
  type DistilOptions,
  type DistilReport,
  distil,
  distilDocument,
  type Example,
  labelsIn,
  mustAllowTraining,
  readAnswers,
  readExamples,
  StudentError,
  type StudentSize,
} from '@edgewise/student'
import { readLabels } from './distill-collect.ts'
import { readBytesFile, readTextFile, writeFileWhole } from './distill-files.ts'
import { openDistilView } from './distill-progress.ts'
import { type Registered, type RegisterOptions, registerStudent } from './distill-register.ts'
import { type TermsOptions, termsOf } from './distill-terms.ts'
import { EvaluateError } from './evaluate-systems.ts'
import { openModelFile } from './open-model.ts'
import { bold, dim } from './show.ts'

export interface RunOptions extends TermsOptions, RegisterOptions {
  readonly test: string
  readonly testAnswers?: string
  readonly seeds?: string
  readonly labels?: string
  readonly text?: true
  readonly schema?: string
  readonly base?: string
  readonly logits?: string
  readonly layers: readonly number[]
  readonly out?: string
  readonly epochs?: number
  readonly leaveOut: number
  readonly rate: number
  readonly batchTokens: number
  readonly seed: number
  readonly threads?: number
  readonly split: 'user' | 'time'
  readonly agreement: number
  readonly near: number
  readonly margin: number
  readonly type: FileType
  readonly register: boolean
}

export interface Ran {
  readonly report: DistilReport
  readonly files: { readonly student: string; readonly linear: string | null; readonly report: string }
  readonly registered: Registered | null
}

/** The embedded model's file, beside the code that reads it. */
const embedded = (): string =>
  fileURLToPath(new URL('../edgewise-mini.gguf', import.meta.resolve('@edgewise/mini')))

export async function run(path: string, options: RunOptions, signal: AbortSignal): Promise<Ran> {
  const content = readAnswers(await readTextFile(path), path)
  const { task, teacher } = content.header
  const terms = await termsOf(options, teacher, content.header.terms)
  mustAllowTraining(teacher, terms)
  const given = await inputsOf(content, options)
  if (options.logits !== undefined && given.labels !== null)
    throw new EvaluateError(
      'evaluate_option',
      'answers that are labels are learned with the probabilities of the answers file: leave --logits out, or say --text',
    )
  const folder = options.out ?? join('students', task)
  using opened = options.logits === undefined ? null : (await openModelFile(options.logits)).model
  const checkpoint = join(folder, 'checkpoints')
  const view = options.json ? null : openDistilView()
  let made: Awaited<ReturnType<typeof distil>>
  try {
    made = await distil({
      task,
      name: task,
      teacher: { name: teacher, terms },
      ...given,
      ...(opened && { logits: opened }),
      sizes: sizesOf(options.layers),
      split: { by: options.split, share: DISTIL_DEFAULTS.split.share },
      filter: { agreement: options.agreement, near: options.near },
      training: {
        ...(options.epochs !== undefined && { epochs: options.epochs }),
        leaveOut: options.leaveOut,
        rate: options.rate,
        batchTokens: options.batchTokens,
        seed: options.seed,
        threads: options.threads ?? availableParallelism(),
        checkpoint,
      },
      quantise: options.type,
      margin: options.margin,
      ...(view && { on: view }),
      signal,
    })
  } finally {
    view?.close()
  }
  const { report, student, linear } = made
  // What a policy may name already is replaced by what ships, and by nothing else.
  const named = (who: 'student' | 'linear', ending: string): string =>
    join(folder, `${task}${report.ships === who ? '' : '.unshipped'}.${ending}`)
  const files = {
    student: named('student', 'gguf'),
    linear: linear && named('linear', 'linear'),
    report: join(folder, 'report.html'),
  }
  const document = distilDocument(report)
  await writeFileWhole(files.student, student)
  if (linear) await writeFileWhole(files.linear!, linear.bytes())
  await writeFileWhole(files.report, documentHtml(document))
  await writeFileWhole(join(folder, 'report.md'), documentMarkdown(document))
  await writeFileWhole(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)
  const registered =
    report.ships !== null && options.register
      ? await registerStudent(files[report.ships]!, report, given, options)
      : null
  await removeCheckpoints(checkpoint)
  return { report, files, registered }
}

/** Those of students and twin, and the folder where nothing else is in it. */
async function removeCheckpoints(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => []))
    if (/^(?:student-(?:all|\d+)|twin)$/.test(name))
      await rm(join(folder, name), { recursive: true, force: true })
  await rmdir(folder).catch(() => {})
}

type Inputs = Pick<
  DistilOptions,
  'answers' | 'failedUsd' | 'test' | 'testAnswers' | 'seeds' | 'labels' | 'schema' | 'base'
>

async function inputsOf(content: AnswersFileContent, options: RunOptions): Promise<Inputs> {
  const { test: testPath, testAnswers: answersPath, seeds: seedsPath, base } = options
  const test = readExamples(await readTextFile(testPath), testPath, 'gold')
  const seeds = seedsPath === undefined ? [] : readExamples(await readTextFile(seedsPath), seedsPath, 'seed')
  const testAnswers =
    answersPath === undefined ? null : readAnswers(await readTextFile(answersPath), answersPath)
  for (const key of ['teacher', 'task'] as const)
    if (testAnswers !== null && testAnswers.header[key] !== content.header[key])
      throw new StudentError(
        'examples_invalid',
        `${answersPath} has answers of the ${key} ${testAnswers.header[key]}, and the student learns of ${content.header[key]}: ask the same teacher of the same task about the test items`,
      )
  const schema = options.schema === undefined ? null : await readSchema(options.schema)
  return {
    ...(schema !== null && { schema }),
    answers: content.answers,
    failedUsd: content.failedUsd,
    test,
    seeds,
    testAnswers: testAnswers?.answers ?? [],
    labels: await labelsOf(options, [...test, ...seeds]),
    base: await readBytesFile(base === undefined ? embedded() : await resolveModel(base)),
  }
}

async function readSchema(path: string): Promise<object> {
  const text = await readTextFile(path)
  try {
    const schema: unknown = JSON.parse(text)
    if (typeof schema === 'object' && schema !== null) return schema
  } catch {}
  throw new StudentError('examples_invalid', `${path} is no JSON Schema: it must be a JSON object`)
}

/** Those of the file, else those that people gave: a teacher's own inventions are no labels. */
async function labelsOf(
  { labels, text, schema }: Pick<RunOptions, 'labels' | 'text' | 'schema'>,
  examples: readonly Example[],
): Promise<readonly string[] | null> {
  if (text || schema !== undefined) return null
  return labels === undefined ? labelsIn(examples.map(({ target }) => target)) : await readLabels(labels)
}

const sizesOf = (layers: readonly number[]): readonly StudentSize[] =>
  layers.length === 0
    ? DISTIL_DEFAULTS.sizes
    : layers.map((count) => ({ name: `${count} layers`, layers: count }))

export function ranText({ report, files, registered }: Ran): string {
  const rows = [
    ['student', `${bold(files.student)}  ${dim(`edgewise run --model ${files.student} chat "..."`)}`],
    ...(files.linear === null ? [] : [['linear', files.linear]]),
    ['report', files.report],
    ...(registered === null
      ? [['registered', 'nothing']]
      : [
          ['policy', registered.policy],
          ['certificate', registered.certificate],
        ]),
  ]
  const lines = rows.map(([label, value]) => `${dim(label!.padEnd(12))}${value}`)
  const width = process.stdout.columns || 110
  return `${documentText(distilDocument(report), { width, strong: bold, soft: dim })}\n\n${lines.join('\n')}`
}
