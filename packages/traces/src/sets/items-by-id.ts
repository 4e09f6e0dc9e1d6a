/** Items of a set whose file has one row a model: outcomes are put together by id, and items come in the order of their first rows. */
import type { Outcome, TraceItem } from '@edgewise/evidence'
import { TraceError } from '../trace-error.ts'
import type { Row } from './rows.ts'

export class ItemsById {
  readonly #items = new Map<string, Map<string, Outcome>>()

  /** Error: `trace_duplicate`. */
  add(id: string, model: string, outcome: Outcome, { file, line }: Row): void {
    const models = this.#items.get(id) ?? new Map<string, Outcome>()
    if (models.has(model))
      throw new TraceError(
        'trace_duplicate',
        { file, line },
        'has an item and a model that a row before has, too: fetch the set again',
      )
    this.#items.set(id, models.set(model, outcome))
  }

  *items(
    task: string,
    of: (id: string) => { readonly id: string; readonly prompt: string | null },
  ): Generator<TraceItem> {
    for (const [key, models] of this.#items)
      yield { ...of(key), task, at: null, promptDigest: null, models: Object.fromEntries(models) }
  }
}
