/**
 * `edgewise decide [use-case.yaml]`: where a use case should run. Asked on a terminal, or read from a file and, in CI, held against the
 * answer that is expected. The verdict goes to standard output, what is wrong with it and what was written to standard error.
 */

import { cancel, confirm, intro, isCancel } from '@clack/prompts'
import {
  type Answer,
  checkUseCase,
  comparisonDocument,
  decide,
  type EarlierVerdict,
  type Facts,
  type MeasuredQuality,
  parseUseCase,
  policyYaml,
  readMeasured,
  readVerdict,
  type UseCase,
  type UseCaseInput,
  useCaseYaml,
  type Verdict,
  verdictBrief,
  verdictChanges,
} from '@edgewise/advisor'
import { type Document, documentText } from '@edgewise/evidence'
import { Command, InvalidArgumentError, Option } from 'commander'
import { againstLedger } from '../decide-against.ts'
import { assertAbsent, endingOf, readText, verdictWriters, writeNew, writeVerdict } from '../decide-files.ts'
import { askNewFile, askUseCase } from '../decide-questions.ts'
import { readFacts } from '../facts-file.ts'
import { printable } from '../printable.ts'
import { bold, dim } from '../show.ts'
import { writeWhole } from '../write-whole.ts'

interface DecideOptions {
  readonly out?: readonly string[]
  readonly policy?: string
  readonly force?: true
  readonly examples?: string
  readonly expect?: Answer
  readonly baseline?: string
  readonly against?: 'ledger'
  readonly since?: string
  readonly rehearsal?: true
  readonly json?: true
}

const answers: readonly Answer[] = ['on-device', 'hybrid', 'cloud', 'no-llm', 'none', 'uncertain']

/** The verdict is another one than was expected. */
const CHANGED = 3

export function decideCommand(): Command {
  return new Command('decide')
    .description('where a use case should run: on the device, in the cloud, both, or without an LLM')
    .argument('[use-case]', 'its file, YAML, or JSON where it ends in .json; without it you are asked')
    .option(
      '--out <file>',
      'write the verdict: a page (.html), Markdown (.md) or data (.json); may be given again',
      collected,
    )
    .option('--policy <file>', 'write the policy that carries it out; what is there is left')
    .option('--force', 'of --policy: replace what is there')
    .option('--examples <file>', "quality measured on the team's own examples (edgewise evaluate)")
    .addOption(
      new Option('--expect <answer>', 'exit with 3 when the verdict is another one').choices(answers),
    )
    .option(
      '--baseline <verdict>',
      'exit with 3 when the verdict is not that of this .json, and say what changed',
    )
    .addOption(
      new Option('--against <what>', 'beside what happened; exit with 3 when it no longer holds').choices([
        'ledger',
      ]),
    )
    .option('--since <time>', 'of --against: calls from that time on, ISO 8601')
    .option('--rehearsal', 'of --against: rehearsals, instead of real calls')
    .option('--json', 'print the verdict as JSON')
    .addHelpText(
      'after',
      `
Environment:
  EDGEWISE_LEDGER  the file of the ledger

Your own rows and measurements are read from edgewise.facts.json in this folder.

Exit codes: 0 decided, 3 another verdict than --expect or --baseline, or one that does not
hold --against the ledger, 1 an error, 130 you left the questions.

Examples:
  edgewise decide
  edgewise decide use-case.yaml --out verdict.html --policy edgewise.policy.yaml
  edgewise decide use-case.yaml --baseline verdict.json --out verdict.json`,
    )
    .action(async (file: string | undefined, options: DecideOptions, command: Command) => {
      if (options.force && options.policy === undefined) command.error('error: --force is of --policy')
      if (options.against === undefined && (options.since !== undefined || options.rehearsal))
        command.error('error: --since and --rehearsal are of --against')
      const { stdin, stdout } = process
      if (file === undefined && !(stdin.isTTY && stdout.isTTY))
        command.error('error: name the file of a use case; on a terminal you would be asked')
      await run(file, options)
    })
}

async function run(file: string | undefined, options: DecideOptions): Promise<void> {
  // What can be refused is refused before anybody answers a question.
  if (options.policy !== undefined && !options.force) await assertAbsent(options.policy)
  const facts = await readFacts('.')
  const baseline =
    options.baseline === undefined
      ? null
      : readVerdict(await readText(options.baseline, 'the JSON of an earlier verdict'), options.baseline)
  const measured =
    options.examples === undefined
      ? []
      : readMeasured(await readText(options.examples, 'what edgewise evaluate wrote'), options.examples)

  const asked = file === undefined ? await ask(facts) : null
  if (file === undefined && asked === null) {
    process.exitCode = 130
    return
  }
  const said =
    asked === null
      ? parseUseCase(await readText(file!, 'the file of a use case'), file, facts)
      : checkUseCase(asked, facts)
  const verdict = decide(withMeasured(said, measured), facts)

  const { since, rehearsal, json } = options
  const comparison =
    options.against === undefined
      ? null
      : await againstLedger(verdict, { since, rehearsal, facts, quiet: json === true })
  if (json) console.log(JSON.stringify(comparison === null ? verdict : { ...verdict, against: comparison }))
  else {
    print(verdictBrief(verdict))
    if (comparison !== null) {
      console.log()
      print(comparisonDocument(comparison))
    }
  }
  await write(verdict, facts, options)
  hold(verdict, baseline, options)
  if (comparison !== null && comparison.noLonger.length > 0) process.exitCode = CHANGED
  if (asked !== null) await offer(asked)
}

function print(document: Document): void {
  console.log(documentText(document, { width: process.stdout.columns || 110, strong: bold, soft: dim }))
}

async function ask(facts: Facts): Promise<UseCaseInput | null> {
  intro('Five questions about a use case; Ctrl+C leaves.')
  const asked = await askUseCase(facts)
  if (asked === null) cancel('Nothing was decided, nothing was written.')
  else console.log()
  return asked
}

/** What was measured now stands for what the file says of the same model. */
function withMeasured(useCase: UseCase, measured: readonly MeasuredQuality[]): UseCase {
  if (measured.length === 0) return useCase
  const kept = useCase.fit.measured.filter(({ who }) => !measured.some((one) => one.who === who))
  return { ...useCase, fit: { ...useCase.fit, measured: [...kept, ...measured] } }
}

async function write(
  verdict: Verdict,
  facts: Facts,
  { out = [], policy, force }: DecideOptions,
): Promise<void> {
  for (const path of out) {
    await writeVerdict(path, verdict, facts)
    console.error(`the verdict is in ${path}`)
  }
  if (policy === undefined) return
  const text = policyYaml(verdict)
  if (force) await writeWhole(policy, text)
  else await writeNew(policy, text)
  console.error(`the policy is in ${policy}`)
}

/** Says what is different, and sets the exit code when the answer is. */
function hold(verdict: Verdict, baseline: EarlierVerdict | null, { expect }: DecideOptions): void {
  const isOther =
    (expect !== undefined && expect !== verdict.answer) ||
    (baseline !== null && baseline.answer !== verdict.answer)
  const changes = baseline === null ? [] : verdictChanges(baseline, verdict)
  if (expect !== undefined && expect !== verdict.answer)
    console.error(`expected ${expect}, and the verdict is ${verdict.answer}: ${printable(verdict.why)}`)
  if (changes.length > 0)
    console.error(`changed:\n${changes.map((change) => `  ${printable(change)}`).join('\n')}`)
  if (isOther) process.exitCode = CHANGED
}

/** The answers as a file, so that the next verdict needs no questions. */
async function offer(asked: UseCaseInput): Promise<void> {
  const isWanted = await confirm({
    message: 'Keep your answers in a file, to change them and to decide in CI?',
  })
  if (isCancel(isWanted) || !isWanted) return
  const path = await askNewFile('Which file?', 'use-case.yaml')
  if (path === null) return
  await writeNew(path, useCaseYaml(asked))
  console.error(`the use case is in ${path}: edgewise decide ${path}`)
}

function collected(path: string, before: readonly string[] = []): readonly string[] {
  if (endingOf(path) === undefined)
    throw new InvalidArgumentError(`It must end in ${Object.keys(verdictWriters).join(', ')}.`)
  return [...before, path]
}
