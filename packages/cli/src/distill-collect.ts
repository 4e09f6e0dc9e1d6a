/**
 * `edgewise distill collect`: a teacher's answers into a file, from the ledger (calls whose users agreed) or asked for anew about a file of prompts,
 * under a budget. Redacted before anything is written; a run that was stopped goes on.
 */
import { existsSync } from 'node:fs'
import { oneOfLabels } from '@edgewise/advisor'
import { dollars } from '@edgewise/evidence'
import { openSqliteLedger } from '@edgewise/evidence/sqlite'
import { loadMini } from '@edgewise/mini'
import {
  type AnswersHeader,
  answersFromLedger,
  askTeacher,
  keyOf,
  readAnswers,
  readPrompts,
  StudentError,
  type TeacherTerms,
} from '@edgewise/student'
import { miniNames } from 'edgewise'
import { openAnswersFile } from './distill-answers-file.ts'
import { readTextFile } from './distill-files.ts'
import { openDistilView } from './distill-progress.ts'
import { openTeacher } from './distill-teacher.ts'
import { type TermsOptions, termsOf } from './distill-terms.ts'
import { type EvaluatedTask, EvaluateError, findTask } from './evaluate-systems.ts'
import { ledgerFile } from './ledger-file.ts'

export interface CollectOptions extends TermsOptions {
  readonly task?: string
  readonly policy?: string
  readonly out: string
  readonly labels?: string
  readonly instructions?: string
  readonly budgetUsd?: number
  readonly samples: number
  readonly atOnce: number
  readonly maxTokens: number
  readonly teacher?: string
  readonly since?: string
  readonly until?: string
}

export interface Collected {
  readonly file: string
  readonly teacher: string
  readonly terms: TeacherTerms
  /** In the file now, and of them new. */
  readonly answers: number
  readonly added: number
  readonly failed: number
  /** US dollars of all calls of this file. */
  readonly spentUsd: number
}

export async function collect(
  prompts: string | undefined,
  options: CollectOptions,
  signal: AbortSignal,
): Promise<Collected> {
  const found = await findTask(options, false)
  return prompts === undefined
    ? await fromLedger(found, options, signal)
    : await asked(found, prompts, options, signal)
}

async function asked(
  found: EvaluatedTask,
  prompts: string,
  options: CollectOptions,
  signal: AbortSignal,
): Promise<Collected> {
  const { budgetUsd, samples, atOnce, maxTokens, labels, out } = options
  const list = readPrompts(await readTextFile(prompts), prompts)
  const known = labels === undefined ? null : await readLabels(labels)
  const told = known && oneOfLabels(known).instructions
  const task = { ...found, instructions: found.instructions ?? told }
  using opened = await openTeacher(task, maxTokens)
  const { teacher, price } = opened
  const isFree = price !== null && price.inputPerMTok === 0 && price.outputPerMTok === 0
  if (budgetUsd === undefined && !isFree)
    throw new EvaluateError('evaluate_option', `say what ${teacher.name} may cost at most: --budget-usd 5`)
  using mini = await loadMini()
  const terms = await termsOf(options, teacher.name, termsIn(out, await textIfThere(out)))
  using file = openAnswersFile(out, headerOf(task.name, teacher.name, task.instructions, terms))
  const before = file.content.answers.length
  const view = options.json ? null : openDistilView()
  view?.stage?.(`asking ${teacher.name}`)
  try {
    const done = await askTeacher(list, teacher, {
      budgetUsd: budgetUsd ?? null,
      samples,
      atOnce,
      kept: file.content.answers,
      spentUsd: file.content.spentUsd,
      nextCall: file.content.nextCall,
      write: file.write,
      names: miniNames(mini),
      labels: known,
      signal,
      ...(view && { onProgress: (done, of) => view.answered?.(done, of) }),
    })
    return {
      file: out,
      teacher: teacher.name,
      terms: file.content.header.terms,
      answers: before + done.answered,
      added: done.answered,
      failed: done.failed.length,
      spentUsd: done.spentUsd,
    }
  } finally {
    view?.close()
  }
}

async function fromLedger(
  { name, rule }: EvaluatedTask,
  options: CollectOptions,
  signal: AbortSignal,
): Promise<Collected> {
  const { out, since, until } = options
  if (rule.store?.consented !== true)
    throw new EvaluateError(
      'evaluate_private',
      `the policy does not say that users of "${name}" agreed to their prompts being kept: nothing of theirs is taken from the ledger ("store": { "consented": true, "days": 30 })`,
    )
  const path = ledgerFile()
  if (!existsSync(path)) throw nothingKept(name)
  using ledger = openSqliteLedger(path)
  using mini = await loadMini()
  const names = miniNames(mini)
  const labels = options.labels === undefined ? null : await readLabels(options.labels)
  const teacher = options.teacher ?? (await newestTeacher(ledger, name))
  if (teacher === null) throw nothingKept(name)
  const terms = await termsOf(options, teacher, termsIn(out, await textIfThere(out)))
  using file = openAnswersFile(out, headerOf(name, teacher, rule.instructions ?? null, terms))
  const there = new Set(file.content.answers.map(({ id, teacher, sample }) => keyOf(id, teacher, sample)))
  let added = 0
  for await (const answer of answersFromLedger(ledger, {
    task: name,
    teacher,
    since,
    until,
    names,
    labels,
    signal,
  })) {
    if (there.has(keyOf(answer.id, answer.teacher, answer.sample))) continue
    file.write({ call: null, ...answer })
    added++
  }
  const answers = there.size + added
  if (answers === 0) throw nothingKept(name)
  const { spentUsd, header } = file.content
  return { file: out, teacher, terms: header.terms, answers, added, failed: 0, spentUsd }
}

/** Of the newest call of the task that a cloud answered; null where none did. */
async function newestTeacher(
  ledger: ReturnType<typeof openSqliteLedger>,
  task: string,
): Promise<string | null> {
  let model: string | null = null
  for (const { model: answered, rehearsal, error, cache } of ledger.all({ task, place: 'cloud' }))
    if (!rehearsal && error === null && cache === null) model = answered ?? model
  return model
}

const nothingKept = (task: string): StudentError =>
  new StudentError(
    'examples_invalid',
    `${ledgerFile()} keeps no answers of a cloud to "${task}": contents are kept of users who agreed, for as long as the policy says; name a file of prompts to ask a teacher anew`,
  )

const headerOf = (
  task: string,
  teacher: string,
  instructions: string | null,
  terms: TeacherTerms,
): AnswersHeader => ({ format: 'edgewise.answers/1', task, teacher, instructions, terms })

const textIfThere = async (path: string): Promise<string> =>
  existsSync(path) ? await readTextFile(path) : ''

const termsIn = (path: string, text: string): TeacherTerms | undefined =>
  text.includes('\n') ? readAnswers(text, path).header.terms : undefined

/** A label a line. */
export async function readLabels(path: string): Promise<readonly string[]> {
  const lines = (await readTextFile(path)).split(/\r?\n/).map((line) => line.trim())
  return [...new Set(lines.filter((line) => line !== ''))]
}

export function collectedText({ file, teacher, terms, answers, added, failed, spentUsd }: Collected): string {
  const rows = [
    ['answers', `${answers.toLocaleString('en')} of ${teacher}, ${added.toLocaleString('en')} of them new`],
    ...(failed === 0 ? [] : [['failed', `${failed}: the same command asks again`]]),
    ['spent', dollars(spentUsd)],
    [
      'terms',
      terms.allowed === 'unknown'
        ? 'not known: nothing is trained on them until somebody says so'
        : `training is ${terms.allowed}`,
    ],
    ['file', `${file}, for its owner alone`],
  ]
  return rows.map(([label, value]) => `${label!.padEnd(10)}${value}`).join('\n')
}
