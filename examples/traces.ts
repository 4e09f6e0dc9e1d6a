/** Recorded outcomes as a trace: one line an item, read back as a stream, and what a pair of models could give on it. */
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pairSummary, type TraceItem } from '@edgewise/evidence'
import { openTrace, parseTraceLine, writeTrace } from '@edgewise/traces'

// As your evaluation has them: was the answer right, and how sure was the model.
const results = [
  { small: true, large: true, meanLogprob: -0.1 },
  { small: true, large: true, meanLogprob: -0.3 },
  { small: false, large: true, meanLogprob: -1.2 },
  { small: false, large: false, meanLogprob: -0.9 },
]

function* items(): Generator<TraceItem> {
  for (const [i, { small, large, meanLogprob }] of results.entries()) {
    const models = { small: { correct: small, signals: { meanLogprob } }, large: { correct: large } }
    yield parseTraceLine(JSON.stringify({ id: `${i}`, task: 'qa', models }), { file: 'results' })
  }
}

const path = join(tmpdir(), `edgewise-example-${process.pid}.jsonl.gz`)
console.log(`${await writeTrace(path, items())} items`)

const read: TraceItem[] = []
for await (const item of openTrace(path)) read.push(item)
await rm(path)

const { weak, strong, oracleEscalation, auroc } = pairSummary(read, { device: 'small', cloud: 'large' })
console.log(`device ${weak}, cloud ${strong}; an oracle sends ${oracleEscalation} up; AUROC ${auroc}`)

// Prints:
// 4 items
// device 0.5, cloud 0.75; an oracle sends 0.25 up; AUROC 1
