/**
 * A distillation that needs no network: a small language model learns Banking77's 77 intents from a local teacher's answers, without a gold
 * label, and is held against the teacher, its twin without a teacher, a linear head and the majority.
 *
 *   npm run distill-banking77 -- [train.csv] [--out FOLDER] [--rows N] [--epochs N] [--threads N]
 */
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { documentHtml, documentText } from '@edgewise/evidence'
import { DISTIL_DEFAULTS, type DistilEvents, type Distilled, distil, distilDocument } from '@edgewise/student'
import { readParts, seedsOf } from './parts.ts'
import { localTeacher } from './teacher.ts'

export interface DemoOptions {
  /** Of the set, from its beginning; all when not given. */
  readonly rows?: number
  readonly epochs?: number
  readonly batchTokens?: number
  readonly threads?: number
  readonly layers?: number
  /** Heads of the teacher. */
  readonly heads?: number
  readonly on?: DistilEvents
}

/** Labels that a team has anyway: what the twin without a teacher learns. */
const SEEDS_A_LABEL = 5

export async function distilBanking77(path: string, options: DemoOptions = {}): Promise<Distilled> {
  const { rows = Number.POSITIVE_INFINITY, heads = 3, threads = availableParallelism(), layers, on } = options
  const parts = await readParts(path, rows)
  on?.stage?.('the teacher')
  const teacher = await localTeacher(parts.teacher, heads, 1)
  const { training } = DISTIL_DEFAULTS
  return await distil({
    ...DISTIL_DEFAULTS,
    task: 'banking77',
    name: 'banking77',
    teacher: {
      name: teacher.name,
      terms: { allowed: 'allowed', note: 'it was trained here, on CC BY 4.0 data', at: null },
    },
    answers: parts.student.map(({ id, text }) => teacher.answer(id, text)),
    test: parts.test,
    testAnswers: parts.test.map(({ id, text }) => teacher.answer(id, text)),
    seeds: seedsOf(parts.teacher, SEEDS_A_LABEL),
    labels: [...new Set(parts.teacher.map(({ target }) => target))].sort(),
    base: new Uint8Array(await readFile(new URL('../../models/mini/edgewise-mini.gguf', import.meta.url))),
    ...(layers !== undefined && { sizes: [{ name: `${layers} layers`, layers }] }),
    training: {
      ...training,
      threads,
      batchTokens: options.batchTokens ?? training.batchTokens,
      ...(options.epochs !== undefined && { epochs: options.epochs }),
    },
    ...(on && { on }),
  })
}

const HERE = fileURLToPath(new URL('../../../shared/tasks/banking77/train.csv', import.meta.url))

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      out: { type: 'string', default: 'students/banking77' },
      rows: { type: 'string' },
      epochs: { type: 'string' },
      threads: { type: 'string' },
    },
  })
  const path = positionals[0] ?? HERE
  if (!existsSync(path)) {
    console.error(
      `${path} is not there: fetch banking_data/train.csv of github.com/PolyAI-LDN/task-specific-datasets (CC BY 4.0) and name it`,
    )
    process.exitCode = 1
    return
  }
  const began = performance.now()
  let told = 0
  const number = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : Number(text)
  const [rows, epochs, threads] = [number(values.rows), number(values.epochs), number(values.threads)]
  const { report, student, linear } = await distilBanking77(path, {
    ...(rows !== undefined && { rows }),
    ...(epochs !== undefined && { epochs }),
    ...(threads !== undefined && { threads }),
    on: {
      stage: (what) => console.error(`${((performance.now() - began) / 1000).toFixed(0)} s  ${what}`),
      step({ step, steps, loss, tokensPerSecond }) {
        if (performance.now() - told < 5000 && step < steps) return
        told = performance.now()
        console.error(
          `  step ${step} of ${steps}, loss ${loss.toFixed(3)}, ${Math.round(tokensPerSecond)} tokens/s`,
        )
      },
    },
  })
  const document = distilDocument(report)
  await mkdir(values.out, { recursive: true })
  await writeFile(`${values.out}/banking77.gguf`, student)
  await writeFile(`${values.out}/banking77.linear`, linear!.bytes())
  await writeFile(`${values.out}/report.html`, documentHtml(document))
  console.log(documentText(document, { width: process.stdout.columns || 110 }))
  console.log(`\n${((performance.now() - began) / 60_000).toFixed(1)} minutes; ${values.out}/report.html`)
  console.log(`edgewise run --model ${values.out}/banking77.gguf chat "I am still waiting on my card"`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
