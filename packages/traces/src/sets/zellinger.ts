/**
 * Zellinger and Thomson's cascades (arXiv 2501.09345): nine models, the mean log-probability of each answer, cost, latency and tokens.
 * A file `mmlu_test.outcomes.csv` gives the task `mmlu` and ids `test-0`; its prompts lie in `mmlu_test.prompts.jsonl` beside it, or are
 * not known. A model stands in one of two chains, so that (idx, model) is unique, and idx is the same prompt in both.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Outcome, TraceItem } from '@edgewise/evidence'
import { ItemsById } from './items-by-id.ts'
import { csvRows, jsonRows, outcomeOf, type Row } from './rows.ts'
import { isHeader, type TraceSet } from './trace-set.ts'

const columns = 'idx,chain,model,correct,conf_logprob,cost_usd,latency_ms,tok_in,tok_out,answer'

export const zellinger: TraceSet = {
  name: 'zellinger-cascades',
  what: `CSV ${columns}`,
  outcomes: (header) => isHeader(header, 'csv', columns),
  companion: (header) => isHeader(header, 'json', 'idx,system,user'),
  async *read(files): AsyncGenerator<TraceItem> {
    for (const file of files) yield* readFile(file)
  },
}

async function* readFile(file: string): AsyncGenerator<TraceItem> {
  const name = basename(file)
  const [, task, split] = /^([^_.]+)_([^_.]+)\.outcomes\.csv/.exec(name) ?? [null, name.split('.')[0]!, '']
  const prompts = await promptsOf(join(dirname(file), name.replace('.outcomes.csv', '.prompts.jsonl')), file)
  const items = new ItemsById()
  for await (const row of csvRows(file)) {
    const id = row.text('idx')
    items.add(id, row.text('model'), outcomeIn(row, prompts.get(id)?.template ?? null), row)
  }
  yield* items.items(task!, (id) => ({
    id: split ? `${split}-${id}` : id,
    prompt: prompts.get(id)?.prompt ?? null,
  }))
}

function outcomeIn(row: Row, template: string | null): Outcome {
  // Some tokens have probability 0 in the file, and so a mean of -inf: no number to calibrate, nor one to compare with others.
  const meanLogprob = row.text('conf_logprob') === '-inf' ? null : row.number('conf_logprob')
  return outcomeOf({
    score: row.score('correct', '1', '0'),
    signals: meanLogprob === null ? {} : { meanLogprob },
    inputTokens: row.count('tok_in'),
    outputTokens: row.count('tok_out'),
    costUsd: row.number('cost_usd', 0),
    latencyMs: row.number('latency_ms', 0),
    template,
  })
}

interface Prompt {
  readonly prompt: string
  /** Digest of the system message. */
  readonly template: string
}

async function promptsOf(path: string, outcomes: string): Promise<ReadonlyMap<string, Prompt>> {
  const prompts = new Map<string, Prompt>()
  if (path === outcomes || !existsSync(path)) return prompts
  for await (const row of jsonRows(path)) {
    const template = createHash('sha256').update(row.text('system')).digest('hex')
    prompts.set(String(row.count('idx')), { prompt: row.text('user'), template })
  }
  return prompts
}
