/**
 * The Berkeley Function-Calling Leaderboard, 71 models on 1,240 calls of tools: `outcomes.csv`, task `bfcl`, ids `simple-0`; the questions
 * lie in `questions.jsonl` beside it, but those of the category `relevance`. A model that reports no tokens has 0 of them in the file.
 */
import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { TraceItem } from '@edgewise/evidence'
import { ItemsById } from './items-by-id.ts'
import { csvRows, jsonRows, outcomeOf } from './rows.ts'
import { isHeader, type TraceSet } from './trace-set.ts'

const columns = 'category,id,model,correct,latency_s,tok_in,tok_out'

export const bfcl: TraceSet = {
  name: 'bfcl',
  what: `CSV ${columns}`,
  outcomes: (header) => isHeader(header, 'csv', columns),
  companion: (header) => isHeader(header, 'json', 'category,id,question'),
  async *read(files): AsyncGenerator<TraceItem> {
    for (const file of files) yield* readFile(file)
  },
}

async function* readFile(file: string): AsyncGenerator<TraceItem> {
  const name = basename(file)
  const questions = await questionsOf(
    join(dirname(file), name.replace('outcomes.csv', 'questions.jsonl')),
    file,
  )
  const items = new ItemsById()
  for await (const row of csvRows(file)) {
    const seconds = row.number('latency_s', 0)
    const outcome = outcomeOf({
      score: row.score('correct', '1', '0'),
      inputTokens: row.count('tok_in') || null,
      outputTokens: row.count('tok_out') || null,
      latencyMs: seconds === null ? null : seconds * 1000,
    })
    items.add(`${row.text('category')}-${row.count('id')}`, row.text('model'), outcome, row)
  }
  yield* items.items('bfcl', (id) => ({ id, prompt: questions.get(id) ?? null }))
}

async function questionsOf(path: string, outcomes: string): Promise<ReadonlyMap<string, string>> {
  const questions = new Map<string, string>()
  if (path === outcomes || !existsSync(path)) return questions
  for await (const row of jsonRows(path))
    questions.set(`${row.text('category')}-${row.count('id')}`, row.text('question'))
  return questions
}
