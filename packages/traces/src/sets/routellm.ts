/**
 * RouteLLM's GSM8K answers of two models (github.com/lm-sys/RouteLLM, Apache-2.0): `gsm8k_responses.csv`, task `gsm8k`, ids by row from 0.
 * All 1,319 rows are read. RouteLLM takes the 12 of `gsm8k_contaminated.jsonl` out, since data its own router was trained on holds
 * their questions; that says nothing against the outcomes of the two models, which are all there is here.
 */
import type { Outcome, TraceItem } from '@edgewise/evidence'
import { csvRows, outcomeOf } from './rows.ts'
import { isHeader, type TraceSet } from './trace-set.ts'

const ANSWER = '_response'

export const routellm: TraceSet = {
  name: 'routellm',
  what: 'CSV prompt,<model>,…,<model>_response,…',
  outcomes: ({ kind, names }) =>
    kind === 'csv' &&
    names[0] === 'prompt' &&
    names.length > 1 &&
    modelsOf(names).length * 2 + 1 === names.length,
  companion: (header) => isHeader(header, 'json', 'train_prompt,eval_prompt,train_idx,eval_idx'),
  async *read(files): AsyncGenerator<TraceItem> {
    for (const file of files) {
      let id = 0
      for await (const row of csvRows(file)) {
        const models: Record<string, Outcome> = {}
        for (const model of modelsOf(row.columns))
          models[model] = outcomeOf({ score: row.score(model, 'True', 'False') })
        yield {
          id: `${id++}`,
          task: 'gsm8k',
          at: null,
          prompt: row.text('prompt'),
          promptDigest: null,
          models,
        }
      }
    }
  },
}

/** Columns that have one with the answer. */
function modelsOf(columns: readonly string[]): string[] {
  return columns.filter((column) => columns.includes(column + ANSWER))
}
