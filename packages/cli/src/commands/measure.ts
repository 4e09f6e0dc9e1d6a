/**
 * `edgewise measure`: this machine's read bandwidth and the speed of a model on it, into `edgewise.facts.json` of the working folder, so
 * that predictions for it rest on a measurement. Progress goes to standard error, the result to standard output.
 */
import { availableParallelism, cpus, totalmem } from 'node:os'
import { spinner } from '@clack/prompts'
import type { DeviceClass } from '@edgewise/advisor'
import { type Model, measureReadBandwidth, offeredMemory } from '@edgewise/engine'
import { loadMini } from '@edgewise/mini'
import { Command, Option } from 'commander'
import { readFacts, updateFacts } from '../facts-file.ts'
import { tableText } from '../facts-text.ts'
import { isInCaches, type MeasuredModel, measuredRows } from '../measured-rows.ts'
import { openModelFile } from '../open-model.ts'
import { medianOf, type RunSpeed, runSpeeds } from '../run-speeds.ts'
import { bold, dim } from '../show.ts'
import { version } from '../version.ts'

interface MeasureOptions {
  readonly model?: string
  readonly id?: string
  readonly class: DeviceClass
  readonly json?: true
}

const classes: readonly DeviceClass[] = ['laptop', 'desktop', 'sbc', 'handheld', 'phone', 'phone-mid']

/** Runs that count; their medians are told. */
const RUNS = 5
/** Of a model that answers in a blink, as many as hosts take to compile what they run often. */
const WARM_UPS = { quick: 10, slow: 1 } as const
const QUICK_MS = 500
/** Tokens of the prompt and of the answer, as many of them as a second or so is enough for. */
const PROMPT = { least: 32, most: 256 } as const
const OUTPUT = { least: 16, most: 128 } as const

/** `folder` gets the rows. */
export function measureCommand(folder: string = process.cwd()): Command {
  return new Command('measure')
    .description('how fast this machine is, into edgewise.facts.json: predictions for it rest on that')
    .option(
      '--model <file>',
      'run this GGUF file, best of the size you would ship (default: the embedded model, which fits caches)',
    )
    .option('--id <id>', 'what the machine is called (default: after its processor)')
    .addOption(
      new Option('--class <class>', 'what kind of machine it is')
        .choices(classes)
        .default(process.platform === 'darwin' ? 'laptop' : 'desktop'),
    )
    .option('--json', 'print {file, rows} as JSON, and no progress')
    .addHelpText('after', '\nExample:\n  edgewise measure --model llama-3.2-1b-q4_k_m.gguf --class laptop')
    .action(async (options: MeasureOptions) => {
      const stop = new AbortController()
      for (const signal of ['SIGINT', 'SIGTERM'] as const)
        process.once(signal, () => stop.abort(new Error('interrupted')))
      const told = options.json ? { tell: () => {}, close: () => {} } : openStages()
      try {
        await measure(folder, options, stop.signal, told)
      } catch (error) {
        if (!stop.signal.aborted) throw error
        console.error('stopped: nothing was written')
        process.exitCode = 130
      } finally {
        told.close()
      }
    })
}

async function measure(
  folder: string,
  options: MeasureOptions,
  signal: AbortSignal,
  told: Stages,
): Promise<void> {
  // Before anything is measured: a file of facts that cannot be read would refuse the result.
  const facts = await readFacts(folder)
  told.tell('opening the model')
  using opened = await openNamed(options.model)
  told.tell('reading memory')
  const readGBs = measureReadBandwidth().gbPerSecond
  signal.throwIfAborted()
  const speeds = await modelSpeeds(opened.model, signal, told)
  const rows = measuredRows(
    facts,
    {
      cpu: cpus()[0]?.model ?? 'unknown',
      memoryBytes: totalmem(),
      usableBytes: offeredMemory() ?? totalmem() / 2,
      readGBs,
    },
    { model: opened.model, name: opened.name, ...speeds },
    {
      ...(options.id !== undefined && { id: options.id }),
      class: options.class,
      date: new Date().toISOString().slice(0, 10),
      versions: `edgewise ${version}, Node ${process.versions.node}, ${opened.model.backend.threads} of ${availableParallelism()} threads`,
    },
  )
  const { file, facts: merged } = await updateFacts(folder, rows, 'what was measured')
  told.close()
  if (options.json) {
    console.log(JSON.stringify({ file, rows }))
    return
  }
  const device = rows.devices[0]!
  console.log(
    [
      `${bold(device.id)}: ${device.bandwidthGBs} GB/s, ${(device.memoryBytes / 2 ** 30).toFixed(1)} GB`,
      tableText({ ...merged, own: rows.own }, 'own'),
      dim(`in ${file}: predictions for ${device.id} rest on it from now on`),
      ...(isInCaches(rows.own[0]!.fileBytes)
        ? [dim('this model fits caches: measure one of the size you would ship, too (--model)')]
        : []),
    ].join('\n'),
  )
}

interface Named extends Disposable {
  readonly model: Model
  readonly name: string
}

async function openNamed(file: string | undefined): Promise<Named> {
  if (file === undefined) {
    const mini = await loadMini()
    return { model: mini.model, name: mini.modelId, [Symbol.dispose]: () => mini[Symbol.dispose]() }
  }
  const { model, name } = await openModelFile(file)
  return { model, name, [Symbol.dispose]: () => model[Symbol.dispose]() }
}

/** Medians, after a trial that says how much a machine of this pace should be given to do. */
async function modelSpeeds(
  model: Model,
  signal: AbortSignal,
  told: Stages,
): Promise<Omit<MeasuredModel, 'model' | 'name'>> {
  told.tell('a trial')
  const trials: RunSpeed[] = []
  const short = promptOf(model, PROMPT.least)
  for await (const speed of runSpeeds(model, short, { outputTokens: 8, warmUps: 1, runs: 1, signal }))
    trials.push(speed)
  const trial = trials.at(-1)!
  const room = model.contextLength - 1
  const outputTokens = Math.min(between(OUTPUT, trial.decodeTps), Math.max(2, Math.floor(room / 2)))
  const prompt = promptOf(model, Math.min(between(PROMPT, trial.prefillTps), room - outputTokens))
  const expectedMs = 1000 * (prompt.length / trial.prefillTps + outputTokens / trial.decodeTps)
  const warmUps = expectedMs < QUICK_MS ? WARM_UPS.quick : WARM_UPS.slow
  const counted: RunSpeed[] = []
  let run = 0
  for await (const speed of runSpeeds(model, prompt, { outputTokens, warmUps, runs: RUNS, signal })) {
    told.tell(`run ${++run} of ${warmUps + RUNS}: ${speed.decodeTps.toFixed(1)} tokens/s`)
    if (speed.counts) counted.push(speed)
  }
  return {
    promptTokens: prompt.length,
    outputTokens,
    prefillTps: medianOf(counted.map(({ prefillTps }) => prefillTps)),
    decodeTps: medianOf(counted.map(({ decodeTps }) => decodeTps)),
    firstTokenMs: medianOf(counted.map(({ firstTokenMs }) => firstTokenMs)),
  }
}

const between = ({ least, most }: { readonly least: number; readonly most: number }, value: number): number =>
  Math.round(Math.min(most, Math.max(least, value)))

/** Exactly `length` tokens of plain English. */
function promptOf(model: Model, length: number): readonly number[] {
  const sentence = model.tokenizer.encode(' The report was sent to the office before noon.', {
    special: false,
  })
  return Array.from({ length: Math.max(1, length) }, (_, i) => sentence[i % sentence.length]!)
}

interface Stages {
  tell(stage: string): void
  close(): void
}

/** One line that changes on a terminal; in a log each stage, and runs as they end. */
function openStages(): Stages {
  if (!process.stderr.isTTY) return { tell: (stage) => console.error(stage), close: () => {} }
  const drawn = spinner({ output: process.stderr })
  drawn.start('measuring')
  // The spinner would take Ctrl+C as a key and end the process at once.
  if (process.stdin.isTTY) process.stdin.setRawMode(false)
  let open = true
  return {
    tell: (stage) => drawn.message(stage),
    close: () => {
      if (open) drawn.clear()
      open = false
    },
  }
}
