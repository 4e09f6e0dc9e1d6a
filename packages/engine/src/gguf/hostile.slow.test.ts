/** What hostile.test.ts checks, a hundred thousand times, and files of tiny values that would be heaps of large objects. */
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const FILES = 100_000

/** A process whose JavaScript heap ends at `heapMb`; it dies when that is not enough. */
async function run(script: string, heapMb: number, ...args: number[]): Promise<string> {
  const path = fileURLToPath(new URL(`../testing/${script}`, import.meta.url))
  const flags = ['--conditions=edgewise-source', `--max-old-space-size=${heapMb}`, '--max-semi-space-size=4']
  const child = spawn(process.execPath, [...flags, path, ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exit = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)))
  const out = await text(child.stdout)
  expect(await exit).toBe(0)
  return out
}

test('a hundred thousand damaged files: no crash, no hang, no growing heap, only typed refusals', async () => {
  const lanes = availableParallelism()
  const share = Math.ceil(FILES / lanes)
  const runs = Array.from({ length: lanes }, (_, lane) => run('hostile-run.ts', 128, lane * share, share))
  const summaries = (await Promise.all(runs)).map((out) => JSON.parse(out))
  const sum = (key: string): number => summaries.reduce((total, summary) => total + summary[key], 0)
  expect(summaries.map(({ failure }) => failure).join('')).toBe('')
  expect(sum('read') + sum('refused')).toBeGreaterThanOrEqual(FILES)
  for (const key of ['read', 'refused']) expect(sum(key)).toBeGreaterThan(FILES / 10)
  for (const key of ['ran', 'notRun']) expect(sum(key)).toBeGreaterThan(FILES / 25 / 10)
  for (const { slowestMs } of summaries) expect(slowestMs).toBeLessThan(5000)
}, 300_000)

test('a file of tiny values is refused before its heap is larger than twice the file', async () => {
  const size = 2 ** 26
  // The file's size for what is read, and what the process itself and garbage need; buffers are counted apart.
  const out = await run('hostile-heaps.ts', size / 2 ** 20 + 32, size)
  const outcomes = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(outcomes.map(({ what }) => what)).toEqual([
    'flags',
    'empty strings',
    'short strings',
    'empty arrays',
    'pairs',
    'tensors',
  ])
  for (const { outcome, buffers } of outcomes) {
    expect(outcome).toMatch(
      /^(read|bad_gguf: .* would take more memory than the file's 67108864 bytes justify \(at byte \d+ of 67108864\))$/,
    )
    expect(buffers).toBeLessThan(1.1 * size)
  }
}, 120_000)
