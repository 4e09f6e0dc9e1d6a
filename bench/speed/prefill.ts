/** Reading speed: tokens of a prompt a second, to the last one's logits, and the arithmetic that takes. */
import { type Comparison, compare } from './compare.ts'
import { figuresOf } from './interleave.ts'
import { modelFile } from './models/files.ts'
import { label, operations } from './models/shapes.ts'
import type { Options } from './options.ts'
import { say } from './progress.ts'
import {
  type Column,
  footer,
  ratioCell,
  ratioToLlama,
  ratioToWllama,
  speedColumns,
  tables,
} from './report.ts'
import type { Timed } from './runners/runner.ts'
import { digits, median } from './statistics.ts'
import type { Subject } from './subjects/subject.ts'

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
  const milliseconds = ({ rounds }: Comparison): number => {
    const speeds = figuresOf(rounds, 'node')
    return speeds.length === 0 ? Number.NaN : (1000 * tokens) / median(speeds)
  }
  const columns: readonly Column[] = [
    ...speedColumns,
    { head: 'Node, ms', needs: ['node'], cell: (one) => digits(milliseconds(one)) },
    {
      head: 'Node, GOP/s',
      needs: ['node'],
      cell: (one) => digits(operations(one.shape, tokens) / milliseconds(one) / 1e6),
    },
    ratioToLlama('node'),
    ratioToLlama('chromium'),
    { head: 'Node / AVX2', needs: ['node', 'avx2'], cell: (one) => ratioCell(one, 'node', 'avx2') },
    ratioToWllama,
  ]
  const what =
    `A prompt of ${tokens} tokens to its last logits (shorter for who needs more than ${TURN_MS / 1000} s): median (least-most) of ` +
    `${options.rounds} interleaved rounds. GOP/s: multiplications and additions of the matrices alone. Ratios: medians of those ` +
    'within a round, against whichever llama.cpp was fastest.'
  return `${tables(comparisons, options, columns)}\n\n${footer(comparisons, what)}`
}
