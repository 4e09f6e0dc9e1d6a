/**
 * A student, or the linear head where no LLM is needed, becomes its task's device model: its answers to the test items, given through the router under the task's own rule, prove a
 * certificate; the policy names the file. A policy in JSON is written, after a yes; what another needs is told.
 */
import { readFile } from 'node:fs/promises'
import { basename, dirname, relative, resolve } from 'node:path'
import { confirm, isCancel } from '@clack/prompts'
import { answersOf, compared, exactMatch, oneOfLabels, qualityTrace } from '@edgewise/advisor'
import { type Certified, certify, percent, type TraceItem } from '@edgewise/evidence'
import {
  type DistilOptions,
  type DistilReport,
  isRedactionOf,
  isRightBy,
  labelFinder,
} from '@edgewise/student'
import { checkPolicy, type Policy, policyFileNames, type Rule } from 'edgewise'
import { writeFileWhole } from './distill-files.ts'
import { type EvaluatedTask, openDeviceCandidate } from './evaluate-systems.ts'
import { keepCertificate } from './keep-certificate.ts'
import { openSystem } from './system.ts'

export interface RegisterOptions {
  readonly policy?: string
  /** Of the certificate: at most this share of calls is harmed. */
  readonly harm: number
  readonly yes?: true
  readonly json?: true
}

export interface Registered {
  /** For people: what the policy has now, or what to put into it. */
  readonly policy: string
  /** For people: the certificate, or why there is none. */
  readonly certificate: string
}

type Given = Pick<DistilOptions, 'test' | 'testAnswers' | 'labels'>

export async function registerStudent(
  file: string,
  report: DistilReport,
  given: Given,
  options: RegisterOptions,
): Promise<Registered> {
  const { task, teacher } = report
  const { policy, path } = await policyFor(task, options)
  const folder = path === null ? '.' : dirname(path)
  const rule = policy.tasks[task] ?? { place: 'device-only' }
  const certified = await certifiedBy(
    file,
    report,
    given,
    { name: task, rule, policy, instructions: rule.instructions ?? null },
    options.harm,
  )
  const noBar =
    policy.cloud?.model !== teacher.name
      ? `held against ${teacher.name}, which is not the policy's cloud: no bar is set`
      : rule.place === 'device-only'
        ? 'the task stays on the device: no bar is set'
        : null
  const certificate = certified.kind === 'certificate' ? certified.certificate : null
  if (certificate !== null) await keepCertificate(folder, certificate)
  const deviceModel = relative(folder, file).replaceAll('\\', '/')
  const next = ruleWith(rule, deviceModel, noBar === null ? (certificate?.id ?? null) : null)
  return {
    policy: await written(policy, path, task, next, options),
    certificate:
      certified.kind === 'refused'
        ? `none: ${certified.why}`
        : `${certified.certificate.id}: at most ${percent(options.harm)} of all calls are harmed by staying on the device${noBar === null ? '' : `; ${noBar}`}`,
  }
}

/** The policy that holds here, and its file; one with nothing but this task where there is none. */
async function policyFor(
  task: string,
  { policy: named }: RegisterOptions,
): Promise<{ readonly policy: Policy; readonly path: string | null }> {
  using system = await openSystem({ policy: named })
  const { policy, policySource } = system
  if (policySource !== 'built in') return { policy, path: policySource }
  return {
    policy: { version: 1, tasks: { [task]: { place: 'device-only' } }, default: { place: 'device-only' } },
    path: null,
  }
}

/** What the device's answers and the teacher's prove; the teacher counts as the cloud. */
async function certifiedBy(
  file: string,
  { teacher }: DistilReport,
  { test, testAnswers, labels }: Given,
  task: EvaluatedTask,
  alpha: number,
): Promise<Certified> {
  const examples = test.map(({ id, text, target }) => ({ id, input: text, expected: target, line: null }))
  const grader = labels === null ? exactMatch() : oneOfLabels(labels)
  using opened = await openDeviceCandidate(task, file)
  const { model } = opened
  const answers = await answersOf(examples, { who: model.modelId, model }, grader, {
    task: task.name,
    instructions: task.instructions,
  })
  const isRight = isRightBy(labels && labelFinder(labels))
  const expected = new Map(test.map(({ id, target }) => [id, target]))
  const taught = new Map(testAnswers.flatMap((answer) => (answer.sample === 0 ? [[answer.id, answer]] : [])))
  const items = qualityTrace(compared([answers]), task.name).map((item): TraceItem => {
    const answer = taught.get(item.id)
    if (answer === undefined) return item
    const { costUsd, inputTokens, outputTokens } = answer
    const wanted = expected.get(item.id)!
    // A right answer was redacted when it was kept.
    const score = isRight(answer.answer, wanted) || isRedactionOf(answer.answer, wanted) ? 1 : 0
    const cloud = {
      score,
      signals: {},
      inputTokens,
      outputTokens,
      costUsd,
      latencyMs: null,
      quantisation: null,
      template: null,
    }
    return { ...item, models: { ...item.models, [teacher.name]: cloud } }
  })
  return await certify(items, {
    task: task.name,
    pair: { device: model.modelId, cloud: teacher.name },
    signal: 'meanLogprob',
    claim: { kind: 'harm', alpha },
  })
}

/**
 * The device first, under the bar that was proven beside those of other signals. A task that stays on the device stays there: what its users
 * write must not leave for a bar.
 */
export function ruleWith(rule: Rule, deviceModel: string, certificate: string | null): Rule {
  if (rule.place === 'device-only') return { ...rule, deviceModel }
  if (certificate === null)
    return rule.place === 'cloud-only'
      ? { ...rule, place: 'prefer-device', deviceModel }
      : { ...rule, deviceModel }
  const place = rule.place === 'race' ? 'race' : 'prefer-device'
  const others = (rule.escalate ?? []).filter(({ signal }) => signal !== 'meanLogprob')
  return { ...rule, place, deviceModel, escalate: [{ signal: 'meanLogprob', certificate }, ...others] }
}

async function written(
  policy: Policy,
  path: string | null,
  task: string,
  rule: Rule,
  { yes, json }: RegisterOptions,
): Promise<string> {
  const file = path ?? policyFileNames[0]!
  const lines = `"${task}": ${JSON.stringify(rule)}`
  const next = checkPolicy({ ...policy, tasks: { ...policy.tasks, [task]: rule } })
  if (!file.endsWith('.json')) return `put into ${file}, under "tasks": ${lines}`
  const may = yes ?? (json || !process.stdin.isTTY ? false : await asked(file, lines))
  if (!may) return `put into ${file}, under "tasks": ${lines} (--yes writes it)`
  const given = path === null ? next : withRule(JSON.parse(await readFile(file, 'utf8')), task, rule)
  await writeFileWhole(file, `${JSON.stringify(given, null, 2)}\n`)
  return `${file}: ${task} is answered by ${basename(resolve(rule.deviceModel!))}`
}

const withRule = (policy: { tasks?: object }, task: string, rule: Rule): object => ({
  ...policy,
  tasks: { ...policy.tasks, [task]: rule },
})

async function asked(file: string, lines: string): Promise<boolean> {
  const answer = await confirm({ message: `Write this rule into ${file}?\n${lines}`, output: process.stderr })
  return !isCancel(answer) && answer
}
