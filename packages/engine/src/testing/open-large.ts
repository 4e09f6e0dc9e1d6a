/**
 * Opens a large model file in a process of its own and tells what it cost:
 *   node --expose-gc --conditions=edgewise-source open-large.ts <path> <share at which to stop, or 1>
 * Prints a line of JSON; memory is this process's resident set, beyond what it had before.
 */
import { open, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { generate } from '../generate/generate.ts'
import { openModel } from '../model/model.ts'
import { handleSource } from '../source/handle-source.ts'

const [path, stopAt] = [process.argv[2]!, Number(process.argv[3])]

/** Linux: this process's resident bytes at present, and the most they ever were. */
async function resident(): Promise<{ now: number; peak: number }> {
  const status = await readFile('/proc/self/status', 'utf8')
  const of = (key: string): number =>
    1024 * Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1])
  return { now: of('VmRSS'), peak: of('VmHWM') }
}

const before = (await resident()).now
const handle = await open(path)
const source = await handleSource(handle, path)
const stop = new AbortController()
const shares: number[] = []
const onProgress = (loaded: number, total: number): void => {
  shares.push(loaded / total)
  if (stopAt < 1 && loaded / total >= stopAt) stop.abort(new Error('enough'))
}
const started = performance.now()
let tokens = 0
let outcome = 'opened'
try {
  using model = await openModel(source, { signal: stop.signal, onProgress, backend: 'wasm' })
  for await (const _ of generate(model, [65, 66], { maxTokens: 2, temperature: 0, stopTokens: [] })) tokens++
} catch (error) {
  outcome = (error as Error).message
}
const seconds = (performance.now() - started) / 1000
const { peak } = await resident()
await handle.close()
// A collection of the memory's owner gives its pages back, a moment later.
for (let i = 0; i < 20; i++) {
  globalThis.gc?.()
  await sleep(50)
}
const after = (await resident()).now
const monotone = shares.every((share, i) => i === 0 || share > shares[i - 1]!)
const last = shares.at(-1)
console.log(
  JSON.stringify({ outcome, tokens, seconds, monotone, last, peak: peak - before, after: after - before }),
)
