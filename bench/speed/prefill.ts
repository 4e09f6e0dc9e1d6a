/** Reading speed: tokens of a prompt a second, to the last one's logits, and the arithmetic that takes. */
import { bestLlama, type Comparison, compare } from './compare.ts'
import { figuresOf } from './interleave.ts'
import { modelFile } from './models/files.ts'
import { label, operations } from './models/shapes.ts'
import type { Options } from './options.ts'
import { say } from './progress.ts'
import { footer, ratioCell, speedCell } from './report.ts'
import type { Timed } from './runners/runner.ts'
import { digits, median } from './statistics.ts'
import type { Subject } from './subjects/subject.ts'
import { table } from './tables.ts'

const TOKENS = 256
/** A prompt that would take longer than this is made shorter, for the slowest of the peers. */
const TURN_MS = 6000
const LEAST = 32
/** A round whose text is not timed. */
const WARM_UP = 1000

export async function prefill(options: Options): Promise<Comparison[]> {
  const tokens = options.tokens ?? TOKENS
  // Contexts have room for the whole prompt.
  const roomy = { ...options, context: Math.max(options.context, tokens) }
  const comparisons: Comparison[] = []
  for (const shape of options.shapes) {
    const file = await modelFile(shape, () => say(`${label(shape)}: making the file`))
    for (const threads of options.threads) {
      comparisons.push(await compare({ shape, file, threads }, roomy, (one) => prepare(one, tokens)))
    }
  }
  return comparisons
}

async function prepare(subject: Subject, tokens: number): Promise<(round: number) => Promise<number>> {
  const read = (count: number, round: number): Promise<Timed> =>
    subject.remote.time({ op: 'prefill', count, round })
  // No engine may have seen a text that is timed.
  const { count: given, ms } = await read(Math.min(tokens, LEAST), WARM_UP)
  const longest = Math.floor(TURN_MS / (ms / given) / LEAST) * LEAST
  const count = Math.min(tokens, Math.max(LEAST, longest))
  if (count === tokens) await read(count, WARM_UP + 1)
  return async (round) => {
    const { count: given, ms } = await read(count, round)
    return (1000 * given) / ms
  }
}

export function prefillReport(comparisons: readonly Comparison[], options: Options): string {
  const tokens = options.tokens ?? TOKENS
  const head = [
    'file',
    'Edgewise, Node',
    'ms',
    'GOP/s',
    'Edgewise, Chromium',
    'llama.cpp',
    'llama.cpp, AVX2',
    'node-llama-cpp',
    'wllama, Chromium',
    'Node / best llama.cpp',
    'Node / AVX2',
    'Chromium / wllama',
  ]
  const tables = options.threads.map((threads) => {
    const rows = comparisons.filter((one) => one.threads === threads).map((one) => row(one, tokens))
    return `Tokens a second, ${threads} thread${threads > 1 ? 's' : ''}:\n\n${table(head, rows)}`
  })
  const what =
    `A prompt of ${tokens} tokens to its last logits (shorter for who needs more than ${TURN_MS / 1000} s): median (least-most) of ` +
    `${options.rounds} interleaved rounds. GOP/s: multiplications and additions of the matrices alone. Ratios: medians of those ` +
    'within a round.'
  return `${tables.join('\n\n')}\n\n${footer(comparisons, what)}`
}

function row(comparison: Comparison, tokens: number): string[] {
  const { shape, rounds } = comparison
  const speeds = figuresOf(rounds, 'node')
  const ms = speeds.length === 0 ? undefined : (1000 * tokens) / median(speeds)
  const speed = (name: string): string => speedCell(comparison, name)
  return [
    label(shape),
    speed('node'),
    ms === undefined ? '-' : digits(ms),
    ms === undefined ? '-' : digits(operations(shape, tokens) / ms / 1e6),
    ...['chromium', 'llama', 'avx2', 'binding', 'wllama'].map(speed),
    ratioCell(comparison, 'node', bestLlama(comparison)),
    ratioCell(comparison, 'node', 'avx2'),
    ratioCell(comparison, 'chromium', 'wllama'),
  ]
}
