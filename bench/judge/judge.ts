/**
 * llama.cpp as the judge of the engine: families of real widths in the types of the field, both backends of ours.
 * On the judge's own 64 greedy tokens every logit of every step is compared, for the decoding of single tokens and for
 * prompts, so that a difference is seen long before it changes a token.
 *
 * Keys and values are kept in f16 on both sides, llama.cpp's default; it also rounds queries and weights to f16, ours does not.
 *
 * What may differ. Products round activations to eight bits for quantised weights, to sixteen for others. Where two
 * engines add up floats in another order, a number on the edge of two steps can fall to the other side, and from there on
 * a row of logits differs by about a hundredth of its spread. llama.cpp differs from itself by that much on another
 * instruction set. So that is measured, by the same steps in a process with its SSE 4.2 backend, and is the tolerance:
 * ours may be half as much again away on average, four times as much in a single logit, and a token may differ where the
 * two best were nearer than that. Rows that no such number has met are the sharper test: of tokens that stand alone, one
 * at least must agree with one of the two llama.cpps, with quantised weights to a hundred-thousandth.
 * The exit status is 1 when anything exceeds this.
 *   cd bench && npm install --no-save && npm run judge                   all families, the usual types
 *   node judge/judge.ts --more --family=gemma --type=q5_0         more types; some of the families or types
 *   node judge/judge.ts --full                                    SmolLM2-135M with all its layers and its whole vocabulary
 *   node judge/judge.ts --no-reference                            without the slow backend
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { EngineError, openModel } from '../../packages/engine/src/index.ts'
import { type FileType, loadLlama, openLlama } from '../peers/llama-c.ts'
import {
  fileOf,
  full,
  longPrompt,
  moreTypes,
  promptOf,
  type Shape,
  shapes,
  shortPrompt,
  types,
} from './cases.ts'
import { compare, type Difference, leastMargin } from './compare.ts'
import { peer, peerSteps } from './peer.ts'
import { run } from './steps.ts'

const { values: flags } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    more: { type: 'boolean', default: false },
    'no-reference': { type: 'boolean', default: false },
    family: { type: 'string', default: '' },
    type: { type: 'string' },
  },
})
const count = 64
/**
 * As shares of a row's spread: what rounding leaves of two engines that agree in all else, on average and in one logit,
 * and what the closest row may have. Of f16 no row escapes: nearly every product meets an edge of its many steps.
 */
const kinds = {
  f16: { typical: 0.001, largest: 0.05, closest: 0.001 },
  bf16: { typical: 0.004, largest: 0.2, closest: 0.002 },
  quantised: { typical: 0.015, largest: 0.3, closest: 0.00001 },
}
const backends = flags['no-reference'] || flags.full ? (['wasm'] as const) : (['wasm', 'reference'] as const)

const { version, cpuLibrary } = loadLlama()
const folder = mkdtempSync(join(tmpdir(), 'edgewise-judge-'))
let failures = 0
try {
  const own = backends.map((name) => ` ${name}: tokens | decoding | closest row |`)
  console.log(`| model | type | margin | ${version} itself |${own.join('')} prompt |`)
  console.log(`|---|---|---|---|${'---|---|---|'.repeat(backends.length)}---|`)
  for (const shape of flags.full ? [full] : shapes.filter(({ family }) => family.includes(flags.family))) {
    const usual = flags.full ? (['q8_0', 'q4_k_m'] as const) : types
    for (const type of [...usual, ...moreTypes]) {
      if (flags.type ? type === flags.type : flags.more || usual.includes(type as never)) {
        await judge(shape, type)
      }
    }
  }
} finally {
  rmSync(folder, { recursive: true })
}
console.log(`
Differences of logits in thousandths of the spread (standard deviation) of their row: the largest, and in brackets the
typical one of all rows. Closest row: of tokens that stand alone, the typical difference of the row that is closest to
either llama.cpp. Margin: by how much the least certain of the judge's ${count} greedy tokens is ahead.
${version}, ${cpuLibrary}, itself: against libggml-cpu-${peer}. Node ${process.versions.node}, ${cpus()[0]?.model}.`)
if (failures > 0) console.log(`${failures} differences are larger than allowed.`)
process.exitCode = failures > 0 ? 1 : 0

async function judge(shape: Shape, type: FileType): Promise<void> {
  const path = fileOf(folder, shape, type)
  using model = openLlama(path)
  const vocab = model.vocabulary.size
  const prompt = promptOf(shape, shortPrompt)
  const long = promptOf(shape, longPrompt(shape))
  using context = model.context({
    contextLength: Math.max(long.length, prompt.length + count),
    threads: 2,
    cache: 'f16',
  })
  const { ids } = context.greedy(prompt, count)
  const history = { prompt, ids, alone: prompt.length }
  const theirs = run(context, () => context.clear(), history)
  const elsewhere = peerSteps(path, history)
  const prefilled = context.logitsOf(long)
  const noise = compare(theirs.decoded, elsewhere.decoded, vocab)
  const kind = kinds[type === 'f16' || type === 'bf16' ? type : 'quantised']
  const allowed = {
    typical: Math.max(1.5 * noise.typical, kind.typical),
    largest: Math.max(4 * noise.largest, (kind.largest * noise.largest) / noise.relative),
    closest: kind.closest,
  }
  const verdict = (value: string, isAllowed: boolean): string => {
    if (isAllowed) return value
    failures++
    return `**${value}**`
  }
  const cells = [
    `${shape.family}, ${shape.layers} layers`,
    type,
    leastMargin(theirs.decoded, vocab).toFixed(2),
    show(noise),
  ]
  let prefill = ''
  for (const backend of backends) {
    try {
      using ours = await openModel(readFileSync(path), { backend })
      using session = ours.session()
      const found = run(session, () => session.rewind(0), history)
      const decoding = compare(theirs.decoded, found.decoded, vocab)
      const nearest = Math.min(
        ...[theirs, elsewhere].map(({ alone }) => compare(alone, found.alone, vocab).closest),
      )
      const isWithin = ({ typical, largest }: Difference): boolean =>
        typical <= allowed.typical && largest <= allowed.largest
      const tokens =
        decoding.same === count ? 'all' : `${decoding.same}, margin ${decoding.margin.toFixed(3)}`
      cells.push(
        verdict(tokens, decoding.margin <= allowed.largest),
        verdict(show(decoding), isWithin(decoding)),
        verdict(thousandths(nearest), nearest <= allowed.closest),
      )
      // The slow backend is spared the long prompt: it has one way to multiply.
      if (backend === 'wasm') {
        session.rewind(0)
        const prompting = compare(prefilled, session.forward(long, true), vocab)
        prefill = verdict(`${long.length}: ${show(prompting)}`, isWithin(prompting))
      }
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      cells.push(verdict(`${error.code}: ${error.message}`, false), '', '')
    }
  }
  console.log(`| ${[...cells, prefill].join(' | ')} |`)
}

function show({ relative, typical }: Difference): string {
  return `${thousandths(relative)} (${thousandths(typical)})`
}

function thousandths(value: number): string {
  const text = (1000 * value).toPrecision(2)
  return text.includes('e') ? (1000 * value).toFixed(value > 0.01 ? 0 : 5) : text
}
