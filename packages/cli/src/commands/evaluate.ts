/**
 * `edgewise evaluate EXAMPLES`: a team's examples put to models of the device, a linear classifier and the cloud, graded, with intervals. The
 * table goes to standard output, progress to standard error; `quality.json` is what `edgewise decide` reads, the trace what `certify` does.
 */
import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import {
  answersOf,
  type CandidateQuality,
  compared,
  type Example,
  exampleNotes,
  type GradedAnswer,
  type Grader,
  measuredText,
  type QualityOptions,
  qualityTrace,
  readExamples,
} from '@edgewise/advisor'
import { writeTrace } from '@edgewise/traces'
import { Command, InvalidArgumentError, Option } from 'commander'
import { type AnswersFile, openAnswers } from '../answers-file.ts'
import { type GraderOptions, graderNames, graderOf } from '../evaluate-grader.ts'
import { openProgress } from '../evaluate-progress.ts'
import {
  type EvaluatedTask,
  EvaluateError,
  findTask,
  type OpenCandidate,
  openCloudCandidate,
  openDeviceCandidate,
} from '../evaluate-systems.ts'
import { evaluateText } from '../evaluate-text.ts'
import { FileError } from '../quantize-files.ts'
import { dim } from '../show.ts'
import { writeWhole } from '../write-whole.ts'

interface EvaluateOptions extends GraderOptions {
  readonly model?: string[]
  readonly cloud?: true
  readonly atOnce: number
  readonly policy?: string
  readonly task?: string
  readonly instructions?: string
  readonly maxTokens?: number
  readonly judge: string
  readonly out: string
  readonly answers?: string
  readonly trace?: string
  readonly json?: true
}

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .alias('eval')
    .description('does a task fit a small model? your examples, put to models and graded')
    .argument('<examples>', 'JSON Lines: {"input": text or messages, "expected": text or JSON, "id": text}')
    .option(
      '--model <[id=]model...>',
      'who is asked: a GGUF file (a student, too), the file of a linear head, hf:<org>/<repo>/<file>, the address of a model server on this machine, mini (the embedded model), or linear (a classifier that needs no LLM, trained on the examples); an id in front is what the facts call it',
    )
    .option('--cloud', 'the cloud of the policy, too')
    .option('--at-once <count>', 'of --cloud: calls at a time', parseCount, 4)
    .addOption(
      new Option('--grader <name>', 'how answers are graded').choices(graderNames).makeOptionMandatory(),
    )
    .option('--schema <file>', 'of --grader schema and json: the JSON schema that answers must have')
    .option('--judge <model>', 'of --grader judge: cloud, or a model as for --model', 'cloud')
    .option('--rubric <text>', 'of --grader judge: what counts as right')
    .option('--policy <file>', 'policy file (default: edgewise.policy.json here, else the built-in one)')
    .option('--task <name>', 'the task that the examples are of; its rule holds (default: the only one)')
    .option('--instructions <text>', "system message of examples that have none (default: the task's)")
    .option('--max-tokens <count>', 'of an answer', parseCount)
    .option('--out <file>', 'the figures, for edgewise decide --examples', 'quality.json')
    .option(
      '--answers <file>',
      'each answer with its grade; a later run goes on from it (default: beside --out)',
    )
    .option('--trace <file>', 'the outcomes as a trace, for edgewise certify and replay')
    .option('--json', 'print what --out has, and no progress')
    .addHelpText(
      'after',
      `
Examples:
  edgewise evaluate examples.jsonl --model mini linear --grader label --task intent
  edgewise evaluate examples.jsonl --model llama-3.2-1b=Llama-3.2-1B-Instruct-Q4_K_M.gguf --cloud --grader json`,
    )
    .action(async (file: string, options: EvaluateOptions, command: Command) => {
      const models = (options.model ?? []).map(parseModel)
      if (models.length === 0 && !options.cloud)
        command.error('error: name who is asked: --model <model>, --cloud or both')
      const stop = new AbortController()
      for (const signal of ['SIGINT', 'SIGTERM'] as const)
        process.once(signal, () => stop.abort(new Error('interrupted')))
      const path = options.answers ?? `${options.out.replace(/\.json$/, '')}.answers.jsonl`
      const before = answersIn(path)
      try {
        await run(file, models, options, path, stop.signal)
      } catch (error) {
        if (stop.signal.aborted || answersIn(path) > before)
          console.error(`the answers so far are in ${path}: the same command goes on from there`)
        if (!stop.signal.aborted) throw error
        process.exitCode = 130
      }
    })
}

/** Bytes. */
const answersIn = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

interface NamedModel {
  readonly id: string | null
  readonly source: string
}

function parseModel(text: string): NamedModel {
  const [, id, source] = /^([\w.-]+)=(.+)$/.exec(text) ?? [null, null, text]
  return { id: id ?? null, source: source! }
}

async function run(
  file: string,
  models: readonly NamedModel[],
  options: EvaluateOptions,
  answersPath: string,
  signal: AbortSignal,
): Promise<void> {
  const examples = readExamples(await readText(file), file)
  const task = await findTask(
    options,
    models.some(({ source }) => source === 'mini'),
  )
  // What cannot be asked is told before others have run for hours.
  if (options.cloud) (await openCloudCandidate(task))[Symbol.dispose]()
  using open = new DisposableStack()
  const judged = options.grader === 'judge' ? open.use(await openJudge(options, task)) : null
  const grader = await graderOf(options, examples, judged?.model ?? null)
  const kept = open.use(openAnswers(answersPath))
  if (kept.strange > 0)
    console.error(`edgewise: ${answersPath} has ${kept.strange} lines that are no answers`)
  const measured = await measure(examples, models, grader, task, options, kept, signal)

  const notes = exampleNotes(examples)
  const { duplicates, contradictions, leaks } = notes
  const text = measuredText(
    {
      at: new Date().toISOString(),
      task: task.name,
      examples: {
        count: examples.length,
        duplicates: duplicates.length,
        contradictions: contradictions.length,
        leaks: leaks.length,
      },
      grader: { name: grader.name, how: grader.how },
      instructions: task.instructions ?? grader.instructions,
      confidence: 0.95,
    },
    measured,
  )
  await writeWhole(options.out, text)
  if (options.trace !== undefined) await writeTrace(options.trace, qualityTrace(measured, task.name))
  if (options.json) return void process.stdout.write(text)
  console.log(
    evaluateText({
      task: task.name,
      examples,
      notes,
      grader,
      measured,
      judge: judged?.model.modelId ?? null,
    }),
  )
  console.log(
    `\n${dim('figures'.padEnd(10))}${options.out}  ${dim(`edgewise decide --examples ${options.out}`)}`,
  )
  console.log(`${dim('answers'.padEnd(10))}${answersPath}`)
  if (options.trace !== undefined) console.log(`${dim('trace'.padEnd(10))}${options.trace}`)
}

async function measure(
  examples: readonly Example[],
  models: readonly NamedModel[],
  grader: Grader,
  task: EvaluatedTask,
  { cloud, atOnce, maxTokens, json }: EvaluateOptions,
  file: AnswersFile,
  signal: AbortSignal,
): Promise<readonly CandidateQuality[]> {
  const view = json ? null : openProgress()
  const settings: QualityOptions = {
    signal,
    task: task.name,
    kept: file.kept,
    onAnswer: (answer) => file.add(answer),
    ...(task.instructions !== null && { instructions: task.instructions }),
    ...(maxTokens !== undefined && { settings: { maxOutputTokens: maxTokens } }),
    ...(view && { onProgress: (progress) => view.show(progress) }),
  }
  const answers: (readonly GradedAnswer[])[] = []
  const names = new Set<string>()
  /** One model is open at a time: two may be more than the memory holds. */
  const ask = async (who: string, model: OpenCandidate['model'] | 'linear', calls = 1): Promise<void> => {
    if (names.has(who))
      throw new EvaluateError(
        'evaluate_option',
        `two models are called "${who}": give one a name of its own, --model other=...`,
      )
    names.add(who)
    answers.push(await answersOf(examples, { who, model, atOnce: calls }, grader, settings))
  }
  try {
    for (const { id, source } of models) {
      if (source === 'linear') await ask('linear', 'linear')
      else {
        using opened = await openDeviceCandidate(task, source === 'mini' ? undefined : source)
        await ask(id ?? opened.model.modelId, opened.model)
      }
    }
    if (cloud) {
      using opened = await openCloudCandidate(task)
      await ask('cloud', opened.model, atOnce)
    }
  } finally {
    view?.close()
  }
  return compared(answers)
}

/** A judge has instructions of its own, and sees what is asked: the task's privacy holds for it as well. */
async function openJudge({ judge }: EvaluateOptions, task: EvaluatedTask): Promise<OpenCandidate> {
  const bare = { ...task, instructions: null }
  if (judge === 'cloud') return await openCloudCandidate(bare)
  if (judge === 'mini' || judge === 'linear')
    throw new EvaluateError(
      'evaluate_option',
      `"${judge}" cannot judge: name a model that follows instructions`,
    )
  return await openDeviceCandidate(bare, parseModel(judge).source)
}

const readText = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException): never => {
    throw new FileError('file_unreadable', `${path} cannot be read (${cause.code}): check the name`, {
      cause,
    })
  })

function parseCount(text: string): number {
  const count = Number(text)
  if (Number.isSafeInteger(count) && count > 0) return count
  throw new InvalidArgumentError('a whole number above 0')
}
