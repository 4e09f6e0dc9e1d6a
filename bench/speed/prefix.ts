/**
 * What a prefix cache saves: time to the first token of a call with a long system text, and of the next one, which has the same
 * system text and another question. In the engine alone, through the gateway over HTTP, and in a new process' cache that was
 * read from a file. Every round has a system text of its own, so that each first call finds nothing.
 *   cd bench && npm install --no-save && npm run prefix -- --model=smollm2-135m --type=q4_k_m --tokens=1000
 */
import { once } from 'node:events'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { chatPolicy, edgewise, ggufDevice } from '../../packages/edgewise/src/index.ts'
import {
  generate,
  handleSource,
  type Model,
  openModel,
  PrefixCache,
  StoredPrefixes,
} from '../../packages/engine/src/index.ts'
import { memoryLedger } from '../../packages/evidence/src/index.ts'
import { createGateway, serveGateway } from '../../packages/gateway/src/index.ts'
import { prefixFolder } from '../../packages/hub/src/index.ts'
import { describeMachine } from './machine/processes.ts'
import { modelFile } from './models/files.ts'
import { label, type ModelName, type TypeName } from './models/shapes.ts'
import type { Answered, Question } from './prefix-client.ts'
import { digits, median, percent, spread } from './statistics.ts'
import { table } from './tables.ts'

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'smollm2-135m' },
    type: { type: 'string', default: 'q4_k_m' },
    tokens: { type: 'string', default: '1000' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
  },
})
const shape = { name: values.model as ModelName, type: values.type as TypeName }
const [tokens, threads, rounds] = [Number(values.tokens), Number(values.threads), Number(values.rounds)]

interface Pair {
  readonly first: number
  readonly second: number
  readonly promptTokens: number
  readonly cachedTokens: number
}

const file = await modelFile(shape)
await using handle = await open(file.path)
using model = await openModel(await handleSource(handle, file.path), { threads, contextLength: 4096 })
const folder = await mkdtemp(join(tmpdir(), 'edgewise-prefix-'))

const engine: Pair[] = []
const gateway: Pair[] = []
/** Handing out what is known of a prompt, and keeping it, without running anything. */
const copies: { readonly out: number; readonly kept: number; readonly bytes: number }[] = []
const restored: { readonly read: number; readonly bytes: number; readonly pair: Pair }[] = []
await using served = await serve(model)
// What the host does but once.
await inEngine(model, -1)
await served.ask(-1)
for (let round = 0; round < rounds; round++) {
  const { pair, cache, system } = await inEngine(model, round)
  engine.push(pair)
  copies.push(copying(cache, system))
  gateway.push(await served.ask(round))
  restored.push(await fromFile(cache, system, round, pair.first))
}
await rm(folder, { recursive: true })

const row = (where: string, pairs: readonly Pair[]): string[] => [
  where,
  String(pairs[0]!.promptTokens),
  String(pairs[0]!.cachedTokens),
  spread(pairs.map(({ first }) => first)),
  spread(pairs.map(({ second }) => second)),
  percent(median(pairs.map(({ first, second }) => second / first))),
]
console.log(`${label(shape)}, ${threads} thread${threads === 1 ? '' : 's'}

${table(
  ['where', 'prompt tokens', 'cached', 'first call, ms', 'second call, ms', 'second / first'],
  [
    row('engine', engine),
    row('gateway, over HTTP', gateway),
    row(
      'engine, prefix from a file',
      restored.map(({ pair }) => pair),
    ),
  ],
)}

Time to the first token, median (least-most) of ${rounds} rounds. Reading and checking the file of ${digits(restored[0]!.bytes / 1e6)} MB before the call
took ${spread(restored.map(({ read }) => read))} ms. Handing out ${tokens} tokens, ${digits(copies[0]!.bytes / 1e6)} MB, takes
${spread(copies.map(({ out }) => out))} ms, keeping them ${spread(copies.map(({ kept }) => kept))} ms. ${describeMachine()}. Load average ${loadavg()[0]!.toFixed(2)}.`)

/** Tokens that no other round begins with. */
function systemOf(round: number): number[] {
  return Array.from({ length: tokens }, (_, i) => 300 + ((i * 7919 + (round + 2) * 104_729) % 4000))
}

async function firstToken(cache: PrefixCache, prompt: readonly number[]): Promise<[number, number]> {
  const began = performance.now()
  const stream = generate(cache, prompt, { maxTokens: 2, stopTokens: [] })
  await stream.next()
  const ms = performance.now() - began
  for (;;) {
    const { done, value } = await stream.next()
    if (done) return [ms, value.cachedTokens]
  }
}

async function inEngine(
  model: Model,
  round: number,
): Promise<{ pair: Pair; cache: PrefixCache; system: readonly number[] }> {
  const cache = new PrefixCache(model)
  const system = systemOf(round)
  const [first] = await firstToken(cache, [...system, 301, 302, 303, 304, 305, 306, 307, 308])
  const [second, cachedTokens] = await firstToken(cache, [...system, 401, 402, 403, 404, 405, 406, 407, 408])
  return { pair: { first, second, promptTokens: tokens + 8, cachedTokens }, cache, system }
}

function copying(cache: PrefixCache, system: readonly number[]): (typeof copies)[number] {
  const began = performance.now()
  using session = cache.session([...system, 300])
  const out = performance.now() - began
  const other = new PrefixCache(model)
  const then = performance.now()
  other.keep(session)
  return { out, kept: performance.now() - then, bytes: other.heldBytes }
}

async function fromFile(
  cache: PrefixCache,
  system: readonly number[],
  round: number,
  first: number,
): Promise<(typeof restored)[number]> {
  const store = prefixFolder(join(folder, String(round)))
  await new StoredPrefixes(cache, store).keep(system)
  const later = new PrefixCache(model)
  const began = performance.now()
  await new StoredPrefixes(later, store).load()
  const read = performance.now() - began
  const [second, cachedTokens] = await firstToken(later, [...system, 501, 502, 503, 504, 505, 506, 507, 508])
  const bytes = (await store.list()).reduce((sum, one) => sum + one.bytes, 0)
  return { read, bytes, pair: { first, second, promptTokens: tokens + 8, cachedTokens } }
}

async function serve(model: Model): Promise<AsyncDisposable & { ask(round: number): Promise<Pair> }> {
  const device = await ggufDevice(model, {
    modelId: 'timed',
    template: '{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}',
  })
  const app = createGateway({
    model: edgewise({ policy: chatPolicy, device, cloud: null })(),
    ledger: memoryLedger(),
    models: [{ id: 'edgewise' }],
  })
  const serving = await serveGateway(app, { host: '127.0.0.1', port: 0 })
  const client = new Worker(new URL('./prefix-client.ts', import.meta.url))
  const answerTo = async (system: string, content: string): Promise<Answered> => {
    client.postMessage({ url: serving.url, system, content } satisfies Question)
    const [answered] = await once(client, 'message')
    return answered
  }
  return {
    async ask(round) {
      // A text of tokens is read as others: as much of it as comes to the number asked for.
      const { tokenizer } = model
      const read = tokenizer.encode(tokenizer.decode(systemOf(round + 1000)))
      const system = tokenizer.decode(read.slice(0, tokens))
      const first = await answerTo(system, 'one question')
      const { ms, ...counts } = await answerTo(system, 'and quite another')
      return { first: first.ms, second: ms, ...counts }
    },
    async [Symbol.asyncDispose]() {
      await client.terminate()
      await serving.close()
    },
  }
}
