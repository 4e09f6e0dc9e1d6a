/**
 * llama.cpp as the judge of LoRA adapters and of passes in which tokens see both sides: families of real widths, in a few types, both
 * backends of ours. Of a prompt every logit is compared, of the model as it is, with an adapter of rank 8 on all matrices of all
 * layers (the file is ours, read by both), and without a causal mask.
 *
 * What may differ is rounding (judge.ts tells of it), so the yardstick is the model as it is: an adapter or a missing mask may be twice as far
 * from llama.cpp, or as far as rounding takes that type. The exit status is 1 when something is further off, or when an adapter or the
 * mask makes less than three times that difference to begin with.
 *   cd bench && npm install --no-save && npm run judge:adapters
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  openModel,
  readAdapter,
  readConfig,
  readGguf,
  writeAdapter,
} from '../../packages/engine/src/index.ts'
import { randomAdapter } from '../../packages/engine/src/testing/random-adapter.ts'
import { type FileType, loadLlama, openLlama } from '../peers/llama-c.ts'
import { fileOf, promptOf, type Shape, shapes } from './cases.ts'
import { compare, type Difference } from './compare.ts'

const tokens = 100
/** Of a row's spread, on average: what rounding leaves where all else agrees. */
const rounding: Partial<Record<FileType, number>> = { f16: 0.001, q8_0: 0.015, q4_k_m: 0.03 }

const { version, cpuLibrary } = loadLlama()
const folder = mkdtempSync(join(tmpdir(), 'edgewise-adapters-'))
let failures = 0
try {
  console.log(
    '| model | type | backend | as it is | with an adapter | what it changes | both sides seen | what that changes |',
  )
  console.log('|---|---|---|---|---|---|---|---|')
  for (const shape of shapes) {
    for (const type of ['f16', 'q8_0', 'q4_k_m'] as const) {
      for (const backend of ['wasm', 'reference'] as const) {
        // The slow backend is spared most.
        if (backend === 'wasm' || type === 'q8_0') await judge(shape, type, backend)
      }
    }
  }
} finally {
  rmSync(folder, { recursive: true })
}
console.log(`
Differences of logits in thousandths of the spread (standard deviation) of their row, on average, over a prompt of ${tokens} tokens.
${version}, ${cpuLibrary}; Node ${process.versions.node}, ${cpus()[0]?.model}.`)
if (failures > 0) console.log(`${failures} differences are larger than allowed.`)
process.exitCode = failures > 0 ? 1 : 0

async function judge(shape: Shape, type: FileType, backend: 'wasm' | 'reference'): Promise<void> {
  const path = fileOf(folder, shape, type)
  const bytes = readFileSync(path)
  const file = join(folder, 'adapter.gguf')
  writeFileSync(file, writeAdapter(randomAdapter(readConfig(readGguf(bytes).metadata), shape.seed, 8)))
  const prompt = promptOf(shape, tokens)
  using llama = openLlama(path)
  const theirs = (options: object): Float32Array => {
    using context = llama.context({ contextLength: 128, batch: 128, threads: 2, cache: 'f16', ...options })
    return context.logitsOf(prompt)
  }
  const ours = async (adapted: boolean, causal = true): Promise<Float32Array> => {
    const adapters = adapted ? [await readAdapter(readFileSync(file))] : []
    using model = await openModel(bytes, { backend, adapters })
    if (!causal) return model.encode(prompt, [...prompt.keys()])
    using session = model.session()
    return session.forward(prompt, true)
  }
  const vocab = llama.vocabulary.size
  const plain = theirs({})
  const adapted = theirs({ adapters: [file] })
  const open = theirs({ causal: false })
  const asItIs = compare(plain, await ours(false), vocab)
  const allowed = Math.max(2 * asItIs.typical, rounding[type]!)
  const near = (found: Difference): string => shown(found, found.typical <= allowed)
  const far = (found: Difference): string => shown(found, found.typical > 3 * allowed)
  const cells = [
    ...[`${shape.family}, ${shape.layers} layers`, type, backend],
    shown(asItIs, true),
    near(compare(adapted, await ours(true), vocab)),
    far(compare(plain, adapted, vocab)),
    near(compare(open, await ours(false, false), vocab)),
    far(compare(plain, open, vocab)),
  ]
  console.log(`| ${cells.join(' | ')} |`)
}

function shown({ typical }: Difference, isAllowed: boolean): string {
  const value = 1000 * typical
  const text = value >= 100 ? value.toFixed(0) : value.toPrecision(2)
  if (isAllowed) return text
  failures++
  return `**${text}**`
}
