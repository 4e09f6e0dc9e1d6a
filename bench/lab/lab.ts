/**
 * The kernel lab: for each kernel the plain reference, the check and the timing, in one place.
 *   cd bench && npm run lab -- [type...] [--cols=576,2048] [--tokens=1,4,32] [--mb=1,256] [--threads=1] [--rounds=40]
 * `--mb`: weights that are gone through; fewer than a cache holds measure that cache. Quartiles, and the share of what reading the
 * same memory alone takes in the same rounds. Attention has a lab of its own (attention.ts). Run it on a machine that does nothing
 * else: the last line tells the load it saw.
 */
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { type Dot, detectDot } from '../../packages/engine/src/backend/wasm/features.ts'
import { type TensorType, tensorTypes } from '../../packages/engine/src/index.ts'
import type { Speed } from './contest.ts'
import { timeMatrices } from './matrices.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cols: { type: 'string', default: '576,2048' },
    tokens: { type: 'string', default: '1' },
    mb: { type: 'string', default: '256' },
    threads: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '40' },
  },
})
const numbers = (text: string): number[] => text.split(',').map(Number)
const types = (positionals.length > 0 ? positionals : ['q4_0', 'q8_0', 'q4_k', 'q6_k']) as TensorType[]
const unknown = types.filter((type) => !Object.hasOwn(tensorTypes, type))
if (unknown.length > 0) throw new Error(`no such type: ${unknown.join(', ')}`)
const all: readonly Dot[] = ['relaxed-i32', 'relaxed-i16', 'simd128']
const forms = all.slice(all.indexOf(detectDot()))

const before = loadavg()[0]!
console.log('| weights | cols | MB | tokens | threads | kernel | right | GB/s | of reading | GOP/s |')
console.log('|---|---|---|---|---|---|---|---|---|---|')
for (const type of types) {
  for (const cols of numbers(values.cols).filter((count) => count % tensorTypes[type].block === 0)) {
    for (const mb of numbers(values.mb)) {
      for (const threads of numbers(values.threads)) {
        for (const tokens of numbers(values.tokens)) {
          const rounds = Number(values.rounds)
          const results = await timeMatrices(forms, {
            type,
            cols,
            tokens,
            bytes: mb * 2 ** 20,
            threads,
            rounds,
          })
          const roof = results[0]!.read.median
          for (const { variant, isProven, read } of results) {
            const { block, bytes } = tensorTypes[type]
            const operations = (2 * tokens * block * read.median) / bytes
            const isRoof = variant === results[0]!.variant
            const cells = [
              ...[type, cols, mb, tokens, threads, variant, isRoof ? '' : isProven ? 'yes' : 'NO'],
              ...[spread(read), isRoof ? '' : `${((100 * read.median) / roof).toFixed(0)} %`],
              isRoof ? '' : operations.toFixed(0),
            ]
            console.log(`| ${cells.join(' | ')} |`)
          }
        }
      }
    }
  }
}
console.log(`
Median of ${values.rounds} interleaved runs of 2 ms (a quarter is below, a quarter above). ${cpus()[0]?.model}, Node ${process.versions.node}.
Load average ${before.toFixed(2)} before, ${loadavg()[0]!.toFixed(2)} after.`)

function spread({ low, median, high }: Speed): string {
  return `${median.toFixed(1)} (${low.toFixed(1)}-${high.toFixed(1)})`
}
