/**
 * Decoding speed: tokens a second of everybody on the same file, the bytes of weights that Edgewise reads for them, and
 * the share of what this machine can read at all.
 */
import { type Comparison, compare } from './compare.ts'
import { figuresOf } from './interleave.ts'
import { modelFile } from './models/files.ts'
import { label } from './models/shapes.ts'
import type { Options } from './options.ts'
import { say } from './progress.ts'
import { type Column, footer, ratioToLlama, ratioToWllama, speedColumns, tables } from './report.ts'
import { openRoof } from './roof/roof.ts'
import { digits, median, percent } from './statistics.ts'
import type { Subject } from './subjects/subject.ts'

/** Tokens of a turn, unless they take longer than this. */
const TOKENS = 48
const TURN_MS = 800
const ROOF_MS = 150
const LEAST = 3

export async function decode(options: Options): Promise<Comparison[]> {
  const comparisons: Comparison[] = []
  for (const shape of options.shapes) {
    const file = await modelFile(shape, () => say(`${label(shape)}: making the file`))
    for (const threads of options.threads) {
      await using roof = await openRoof(file.bytesPerToken, threads)
      const turn = { name: 'roof', run: () => roof.measure(ROOF_MS) }
      const tokens = options.tokens ?? TOKENS
      comparisons.push(
        await compare({ shape, file, threads }, options, (one) => prepare(one, tokens), [turn]),
      )
    }
  }
  return comparisons
}

/** Slow engines get fewer tokens a turn, but never so few that one of them decides. */
async function prepare(subject: Subject, tokens: number): Promise<() => Promise<number>> {
  const perToken = async (count: number): Promise<number> => {
    const { count: given, ms } = await subject.remote.time({ op: 'decode', count })
    return ms / given
  }
  const guess = await perToken(2)
  const pace = await perToken(within(200 / guess, 2, 16))
  const count = within(TURN_MS / pace, LEAST, tokens)
  return async () => 1000 / (await perToken(count))
}

function within(value: number, least: number, most: number): number {
  return Math.max(Math.min(least, most), Math.min(most, Math.round(value)))
}

const columns: readonly Column[] = [
  { head: 'MB a token', needs: [], cell: ({ file }) => digits(file.bytesPerToken / 1e6) },
  ...speedColumns,
  ratioToLlama('node'),
  ratioToLlama('chromium'),
  ratioToWllama,
  { head: 'Node, GB/s', needs: ['node'], cell: (one) => digits(readSpeed(one)) },
  {
    head: 'of the read roof',
    needs: ['node'],
    cell(one) {
      const roof = roofOf(one)
      return one.rounds.isQuiet ? `${percent(readSpeed(one) / roof)} of ${digits(roof)}` : 'not quiet'
    },
  },
]

export function decodeReport(comparisons: readonly Comparison[], options: Options): string {
  const what =
    `Median (least-most) of ${options.rounds} interleaved rounds behind ${options.context} tokens, greedy. Edgewise: the whole of ` +
    '`generate`, sampling and log-probabilities included; llama.cpp: `llama_decode` alone, as llama-bench times it, f16 ' +
    'cache and flash attention as it chooses. Ratios: medians of those within a round, against whichever llama.cpp was fastest. ' +
    "The roof: what as many threads read from a buffer of the size of a token's weights, between the turns. " +
    'transformers.js is not compared: it runs ONNX files of a hub, which a generated GGUF file has not.'
  return `${tables(comparisons, options, columns)}\n\n${footer(comparisons, what)}`
}

/** 10^9 bytes a second; NaN when it could not be measured. */
function roofOf({ rounds }: Comparison): number {
  const speeds = figuresOf(rounds, 'roof')
  return speeds.length === 0 ? Number.NaN : median(speeds)
}

/** 10^9 bytes of weights a second; NaN when Edgewise has no figures. */
function readSpeed({ file, rounds }: Comparison): number {
  const speeds = figuresOf(rounds, 'node')
  return speeds.length === 0 ? Number.NaN : median(speeds) * file.bytesPerToken * 1e-9
}
