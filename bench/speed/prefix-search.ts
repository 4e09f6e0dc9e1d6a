/**
 * How long the longest known beginning of a text is looked for, among 64 texts of 8,192 tokens: in the engine's tree, and by
 * comparing with one text after the other. The least of five times over all texts, in microseconds each.
 *   cd bench && node speed/prefix-search.ts
 */
import { PrefixTree } from '../../packages/engine/src/prefix/prefix-tree.ts'
import { digits } from './statistics.ts'
import { table } from './tables.ts'

const texts = 64
const length = 8192

const rows = [0, 4000, 8000].map((shared) => {
  const all = Array.from({ length: texts }, (_, text) =>
    Array.from({ length }, (_, i) => (i < shared ? i % 5000 : (i * 31 + text * 7 + 1) % 5000)),
  )
  const tree = new PrefixTree({ planes: 1, row: 1 }, texts * length)
  for (const tokens of all) tree.insert(tokens, (from, to) => new Uint8Array(to - from))
  const inTree = microseconds(all, (tokens) => tree.find(tokens).reduce((sum, { count }) => sum + count, 0))
  const oneByOne = microseconds(all, (tokens) => Math.max(...all.map((other) => common(tokens, other))))
  return [String(shared), digits(inTree), digits(oneByOne)]
})
console.log(table(['tokens all begin with', 'tree, µs', 'one after the other, µs'], rows))

function microseconds(
  all: readonly (readonly number[])[],
  find: (tokens: readonly number[]) => number,
): number {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < 5; round++) {
    const began = performance.now()
    for (const tokens of all) if (find(tokens) !== length) throw new Error('a text was not found')
    least = Math.min(least, (1000 * (performance.now() - began)) / all.length)
  }
  return least
}

function common(a: readonly number[], b: readonly number[]): number {
  let count = 0
  while (count < length && a[count] === b[count]) count++
  return count
}
