/**
 * Labels that three cloud models gave to queries of Banking77 (MIT): `preds.csv`, task `banking77`, ids by row from 0; right is the label
 * that is gold. The last row has neither query nor label but how often each model is right: no item, and checked against the rows.
 */
import type { Outcome, TraceItem } from '@edgewise/evidence'
import { csvRows, outcomeOf } from './rows.ts'
import type { TraceSet } from './trace-set.ts'

export const banking77: TraceSet = {
  name: 'banking77-llm-preds',
  what: 'CSV user_query,gold,<model>,…',
  outcomes: ({ kind, names }) =>
    kind === 'csv' && names[0] === 'user_query' && names[1] === 'gold' && names.length > 2,
  companion: () => false,
  async *read(files): AsyncGenerator<TraceItem> {
    for (const file of files) yield* readFile(file)
  },
}

async function* readFile(file: string): AsyncGenerator<TraceItem> {
  let id = 0
  const right = new Map<string, number>()
  for await (const row of csvRows(file)) {
    const models = row.columns.slice(2)
    const prompt = row.text('user_query')
    const gold = row.text('gold')
    if (prompt === '' && gold === '') {
      for (const model of models)
        if (row.count(model) !== (right.get(model) ?? 0))
          throw row.bad(model, 'is not how often it is right in the rows before: is the file cut?')
      continue
    }
    const outcomes: Record<string, Outcome> = {}
    for (const model of models) {
      const score = Number(row.text(model) === gold)
      outcomes[model] = outcomeOf({ score })
      right.set(model, (right.get(model) ?? 0) + score)
    }
    yield { id: `${id++}`, task: 'banking77', at: null, prompt, promptDigest: null, models: outcomes }
  }
}
