/**
 * `edgewise distill`: a small model of one's own out of a teacher's answers. `collect` gathers them, `run` does the rest and reports honestly;
 * `export` and `import` are the way to students that are too large to train here.
 */
import { type FileType, fileTypes } from '@edgewise/engine'
import { DISTIL_DEFAULTS, exportTraining, importStudent } from '@edgewise/student'
import { Command, InvalidArgumentError, Option } from 'commander'
import { type CollectOptions, collect, collectedText } from '../distill-collect.ts'
import { type ExportCommandOptions, exportAnswers, exportedText } from '../distill-export.ts'
import { type RunOptions, ranText, run } from '../distill-run.ts'

const { training, split, filter, margin, quantise } = DISTIL_DEFAULTS

export function distillCommand(): Command {
  const command = new Command('distill').description(
    'a small model of your own for one task, taught by the answers of a larger one',
  )
  command
    .addCommand(collectCommand())
    .addCommand(runCommand())
    .addCommand(exportCommand())
    .addCommand(importCommand())
  return command
}

const withTerms = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--teacher-terms <allowed|forbidden>',
        "whether the teacher's terms allow training on its answers; asked for where nobody has said",
      ).choices(['allowed', 'forbidden']),
    )
    .option('--terms-note <text>', 'where they say so: it goes into the report')

const policyOption = (command: Command): Command =>
  command.option('--policy <file>', 'policy file (default: edgewise.policy.json here)')

function collectCommand(): Command {
  const command = new Command('collect')
    .description("a teacher's answers: of the ledger, or asked for about a file of prompts")
    .argument(
      '[prompts]',
      'JSON Lines: {"input": text, "id": text, "user": text, "at": time}; without it the ledger, of users who agreed',
    )
    .option('--task <name>', 'the task of the policy; its rule and its privacy hold')
    .option('--out <file>', 'where the answers go; a later run goes on from it', 'answers.jsonl')
    .option('--labels <file>', 'a label a line: the teacher is told to answer with one of them')
    .option('--instructions <text>', "what the teacher is told (default: the task's)")
    .option(
      '--budget-usd <dollars>',
      'what all calls of this file may cost at most; none is made that could pass it',
      parseMoney,
    )
    .option('--samples <count>', 'answers to each prompt, which must agree later', parseCountTo(100), 1)
    .option('--at-once <count>', 'calls at a time', parseCountTo(256), 4)
    .option('--max-tokens <count>', 'of an answer', parseCount, 256)
    .option('--teacher <model>', 'of the ledger: whose answers (default: those of the newest call)')
    .option('--since <time>', 'of the ledger: calls from that time on, ISO 8601')
    .option('--until <time>', 'of the ledger: calls before that time')
  return withTerms(policyOption(command))
    .option('--yes', 'ask nothing')
    .option('--json', 'print the result as JSON, and no progress')
    .addHelpText(
      'after',
      '\nExit codes: 0 everything was answered, 2 not all was (the same command asks again), 1 an error.',
    )
    .action(async (prompts: string | undefined, options: CollectOptions) => {
      await interruptible(async (signal) => {
        const collected = await collect(prompts, options, signal)
        if (collected.failed > 0) process.exitCode = 2
        console.log(options.json ? JSON.stringify(collected) : collectedText(collected))
      })
    })
}

function runCommand(): Command {
  const command = new Command('run')
    .description('filter, train, evaluate, quantise, evaluate again, gate, register; and the report')
    .argument('<answers>', 'the file of edgewise distill collect')
    .requiredOption(
      '--test <file>',
      'gold examples, as edgewise evaluate takes them: nothing is learned of them',
    )
    .option('--test-answers <file>', "the teacher's answers to the test items, collected as the others are")
    .option('--seeds <file>', 'examples with labels of people: what the twin without a teacher learns')
    .option('--labels <file>', 'a label a line (default: those of the test set and the seeds)')
    .option('--text', 'answers are any text or JSON, and no labels')
    .option('--schema <file>', 'answers are JSON of this JSON Schema; others are not learned')
    .option('--base <model>', 'a GGUF file to start from (default: the embedded model)')
    .option(
      '--logits <model>',
      "with --text: a local teacher of the base's vocabulary, whose probabilities are learned, too",
    )
    .option(
      '--layers <counts>',
      'how many of its layers, several with commas: the best size is chosen on texts held back',
      parseCounts,
      [],
    )
    .option('--out <folder>', 'where student, linear head and report go (default: students/<task>)')
    .option(
      '--epochs <count>',
      'how often all examples are learned (default: about 900 steps)',
      parseCountTo(1000),
    )
    .option(
      '--leave-out <share>',
      "of a text's tokens, left out at random each time",
      parseDropped,
      training.leaveOut,
    )
    .option('--rate <number>', 'the learning rate at its top', parseShare, training.rate)
    .option('--batch-tokens <count>', 'tokens a step', parseCount, training.batchTokens)
    .option('--seed <number>', 'the same seed gives the same weights', parseSeed, training.seed)
    .option('--threads <count>', 'worker threads (default: all cores)', parseCount)
    .addOption(
      new Option('--split <by>', 'how texts are held back').choices(['user', 'time']).default(split.by),
    )
    .option(
      '--agreement <share>',
      'of several answers to one prompt or text, those that must agree',
      parseShare,
      filter.agreement,
    )
    .option('--near <share>', 'similarity from which two texts are one', parseShare, filter.near)
    .option(
      '--margin <share>',
      'the gate: how far below its teacher the student may surely lie',
      parseShare,
      margin,
    )
    .option('--harm <share>', 'of the certificate: at most this share of calls is harmed', parseShare, 0.05)
    .option('--type <type>', `what to quantise to: ${types.join(', ')}`, parseType, quantise)
    .option('--no-register', 'do not make student or linear head the device model of the task')
  return withTerms(policyOption(command))
    .option('--yes', 'ask nothing: a policy in JSON is written')
    .option('--json', 'print the report as JSON, and no progress')
    .addHelpText(
      'after',
      `
Exit codes: 0 there is a student or a linear head to ship, 2 there is none, 1 an error.

Example:
  edgewise distill collect prompts.jsonl --task triage --labels labels.txt --budget-usd 5 --teacher-terms allowed
  edgewise distill collect gold.jsonl --task triage --labels labels.txt --budget-usd 1 --out gold-answers.jsonl
  edgewise distill run answers.jsonl --test gold.jsonl --test-answers gold-answers.jsonl --seeds seeds.jsonl`,
    )
    .action(async (answers: string, options: RunOptions) => {
      await interruptible(async (signal) => {
        const ran = await run(answers, options, signal)
        if (ran.report.ships === null) process.exitCode = 2
        console.log(options.json ? JSON.stringify(ran) : ranText(ran))
      })
    })
}

function exportCommand(): Command {
  const command = new Command('export')
    .description('the examples and a script for a trainer on a machine with a GPU')
    .argument('<answers>', 'the file of edgewise distill collect')
    .addOption(
      new Option('--trainer <name>', 'who trains')
        .choices(['trl', 'mlx', 'unsloth', 'distillkit'])
        .makeOptionMandatory(),
    )
    .requiredOption('--base <model>', 'the model to train, as the trainer takes it: Qwen/Qwen3-0.6B')
    .requiredOption('--test <file>', 'gold examples: nothing of them is exported')
    .option('--teacher <model>', 'of distillkit: a teacher of the same vocabulary')
    .option('--labels <file>', 'a label a line (default: those of the test set)')
    .option('--text', 'answers are any text or JSON, and no labels')
    .option('--out <folder>', 'a new folder', 'training')
    .option('--epochs <count>', 'how often all examples are learned', parseCountTo(1000))
    .option('--seed <number>', 'of the split, and told to the trainer', parseSeed, training.seed)
    .addOption(
      new Option('--split <by>', 'how texts are held back').choices(['user', 'time']).default(split.by),
    )
    .option(
      '--agreement <share>',
      'of several answers to one prompt or text, those that must agree',
      parseShare,
      filter.agreement,
    )
    .option('--near <share>', 'similarity from which two texts are one', parseShare, filter.near)
  return withTerms(command)
    .option('--json', 'print what was written as JSON')
    .action(async (answers: string, options: ExportCommandOptions) => {
      const exported = await exportAnswers(answers, options, exportTraining)
      console.log(options.json ? JSON.stringify(exported) : exportedText(exported))
    })
}

function importCommand(): Command {
  return new Command('import')
    .description('what a trainer gave back, checked, as a GGUF file')
    .argument('<from>', 'a GGUF file, or a folder with safetensors or a PEFT adapter')
    .argument('<out.gguf>', 'the file to write')
    .option('--base <file>', 'the GGUF file of the model that was trained; not needed for a GGUF file')
    .option('--type <type>', `quantise to ${types.join(', ')}`, parseType)
    .option('--json', 'print what was written as JSON')
    .action(async (from: string, out: string, options: { base?: string; type?: FileType; json?: true }) => {
      await interruptible(async (signal) => {
        const { base, type, json } = options
        const imported = await importStudent({
          from,
          out,
          ...(base !== undefined && { base }),
          ...(type && { type }),
          signal,
        })
        const { path, parameters, architecture, bytes } = imported
        console.log(
          json
            ? JSON.stringify(imported)
            : `${path}: ${architecture}, ${parameters.toLocaleString('en')} parameters, ${bytes.toLocaleString('en')} bytes`,
        )
      })
    })
}

/** Ctrl+C ends the work cleanly: answers are kept, a checkpoint is left, and the same command goes on. */
async function interruptible(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => stop.abort(new Error('interrupted')))
  try {
    await work(stop.signal)
  } catch (error) {
    if (!stop.signal.aborted) throw error
    console.error('interrupted: the same command goes on from here')
    process.exitCode = 130
  }
}

const types = Object.values(fileTypes).map(({ label }) => label)

function parseType(given: string): FileType {
  const type = given.toLowerCase()
  if (Object.hasOwn(fileTypes, type)) return type as FileType
  throw new InvalidArgumentError(`"${given}" is not one of ${types.join(', ')}.`)
}

function parseCount(text: string): number {
  const count = Number(text)
  if (Number.isSafeInteger(count) && count > 0) return count
  throw new InvalidArgumentError('a whole number above 0')
}

/** More than `most` is a slip of the hand, and would take all memory before it is done. */
const parseCountTo =
  (most: number) =>
  (text: string): number => {
    const count = parseCount(text)
    if (count <= most) return count
    throw new InvalidArgumentError(`at most ${most}`)
  }

const parseCounts = (text: string): readonly number[] => text.split(',').map(parseCount)

function parseSeed(text: string): number {
  const seed = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(seed)) return seed
  throw new InvalidArgumentError('a whole number')
}

function parseShare(text: string): number {
  const share = Number(text)
  if (text.trim() !== '' && share > 0 && share <= 1) return share
  throw new InvalidArgumentError('a number above 0 and at most 1, such as 0.05')
}

function parseDropped(text: string): number {
  const share = Number(text)
  if (text.trim() !== '' && share >= 0 && share < 1) return share
  throw new InvalidArgumentError('a number from 0 and below 1, such as 0.1')
}

function parseMoney(text: string): number {
  const money = Number(text)
  if (text.trim() !== '' && Number.isFinite(money) && money >= 0) return money
  throw new InvalidArgumentError('dollars, such as 5 or 0.50')
}
