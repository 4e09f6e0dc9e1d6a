/**
 * RouterArena (arXiv 2510.00202, Apache-2.0): a file a model, one JSON object a question; the files of a folder become outcomes of the
 * same items. Task `routerarena`, ids as in the files, `MMLUPro_12`. Scores are graded; some metrics take points off for long answers and
 * end below 0, which is 0 here.
 */
import type { TraceItem } from '@edgewise/evidence'
import { ItemsById } from './items-by-id.ts'
import { jsonRows, outcomeOf } from './rows.ts'
import type { TraceSet } from './trace-set.ts'

const keys = ['global_index', 'question', 'llm_selected', 'token_usage', 'evaluation_result']

export const routerarena: TraceSet = {
  name: 'routerarena',
  what: `JSONL with ${keys.join(', ')}`,
  outcomes: ({ kind, names }) => kind === 'json' && keys.every((key) => names.includes(key)),
  companion: () => false,
  async *read(files): AsyncGenerator<TraceItem> {
    const items = new ItemsById()
    const questions = new Map<string, string>()
    for (const file of files)
      for await (const row of jsonRows(file)) {
        const id = row.text('global_index')
        const result = row.object('evaluation_result')
        const tokens = row.object('token_usage')
        const score = result.number('score')
        const outcome = outcomeOf({
          score: score === null ? null : Math.min(1, Math.max(0, score)),
          inputTokens: tokens.count('input_tokens'),
          outputTokens: tokens.count('output_tokens'),
          costUsd: result.number('inference_cost', 0),
        })
        items.add(id, row.text('llm_selected'), outcome, row)
        questions.set(id, row.text('question'))
      }
    yield* items.items('routerarena', (id) => ({ id, prompt: questions.get(id)! }))
  },
}
