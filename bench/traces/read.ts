/**
 * How long a trace of a million lines takes to read, and how much memory: made up here, written, read in a process of its own, removed.
 * `npm run traces` in bench/, `-- 100000` for as many lines; prints one line a form of the file.
 */
import { spawnSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { seededRandom, type TraceItem } from '@edgewise/evidence'
import { readTrace, writeTrace } from '@edgewise/traces'

const [mode = '1000000', file] = process.argv.slice(2)
if (mode === 'read') await measure(file!)
else await compare(Number(mode))

/** Two models, a signal, tokens, costs and times on each line, and a prompt of 60 characters. */
function* items(count: number): Generator<TraceItem> {
  const random = seededRandom(1)
  const start = Date.parse('2026-08-05T00:00:00Z')
  for (let i = 0; i < count; i++) {
    const outcome = (costUsd: number) => ({
      score: random() < 0.8 ? 1 : 0,
      signals: { meanLogprob: -3 * random() },
      inputTokens: 40 + Math.floor(100 * random()),
      outputTokens: 1 + Math.floor(60 * random()),
      costUsd,
      latencyMs: Math.round(4000 * random()) / 10,
      quantisation: 'Q4_K_M',
      template: null,
    })
    yield {
      id: `item-${i}`,
      task: 'intent',
      at: new Date(start + i * 1000).toISOString(),
      prompt: `Which of the labels fits this text? It is number ${String(i).padStart(8)}.`,
      promptDigest: null,
      models: { 'llama3.1-8b': outcome(0), 'gpt-4o': outcome(2e-4 * random()) },
    }
  }
}

async function compare(count: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'edgewise-traces-'))
  try {
    console.log(`${count} lines, Node ${process.versions.node}, ${cpus()[0]?.model.trim()}`)
    for (const name of ['trace.jsonl', 'trace.jsonl.gz']) {
      const path = join(folder, name)
      const since = performance.now()
      await writeTrace(path, items(count))
      const wrote = (performance.now() - since) / 1000
      const args = ['--conditions=edgewise-source', fileURLToPath(import.meta.url), 'read', path]
      const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
      const megabytes = ((await stat(path)).size / 1e6).toFixed(0)
      console.log(`${name}: ${megabytes} MB, written in ${wrote.toFixed(1)} s, ${stdout.trim()}${stderr}`)
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function measure(path: string): Promise<void> {
  const since = performance.now()
  let count = 0
  for await (const _ of readTrace(createReadStream(path, { highWaterMark: 256 * 1024 }), path)) count++
  const seconds = ((performance.now() - since) / 1000).toFixed(1)
  const peak = (process.resourceUsage().maxRSS / 1024).toFixed(0)
  console.log(`${count} items read in ${seconds} s, peak memory ${peak} MiB`)
}
