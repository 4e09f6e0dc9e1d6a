/** What is in a trace, counted while it goes by: each model's answers and accuracy, or what a pair of models can give; a task at a time. */
import { type ModelPair, type PairSummary, pairSummary, type TraceItem } from '@edgewise/evidence'
import { printable } from './printable.ts'
import { dim } from './show.ts'

export interface ModelSummary {
  readonly task: string
  readonly model: string
  /** Items it answered. */
  readonly answers: number
  /** Answers that somebody judged. */
  readonly n: number
  /** Mean score of those, null of none. */
  readonly accuracy: number | null
}

export interface PairOfTask extends PairSummary {
  readonly task: string
}

/** A model that the trace has no answer of. Code `trace_unknown_model`. */
class UnknownModelError extends Error {
  override readonly name: string = 'UnknownModelError'
  readonly code = 'trace_unknown_model'
}

const MOST_NAMES = 12

export class TraceTally {
  readonly #pair: ModelPair | undefined
  /** By task, then by model. */
  readonly #tasks = new Map<string, Map<string, { answers: number; n: number; sum: number }>>()
  /** By task; of an item what the pair did, so that prompts and other models are not held. */
  readonly #pairs = new Map<string, TraceItem[]>()

  constructor(pair?: ModelPair) {
    this.#pair = pair
  }

  add(item: TraceItem): void {
    const { task, models } = item
    const counts = this.#tasks.get(task) ?? new Map<string, { answers: number; n: number; sum: number }>()
    this.#tasks.set(task, counts)
    for (const [model, { score }] of Object.entries(models)) {
      const count = counts.get(model) ?? { answers: 0, n: 0, sum: 0 }
      counts.set(model, count)
      count.answers++
      if (score === null) continue
      count.n++
      count.sum += score
    }
    if (this.#pair === undefined) return
    const { device, cloud } = this.#pair
    const both = Object.entries(models).filter(([model]) => model === device || model === cloud)
    const items = this.#pairs.get(task) ?? []
    this.#pairs.set(task, items)
    items.push({ ...item, prompt: null, models: Object.fromEntries(both) })
  }

  /** In the order of the trace. */
  models(): ModelSummary[] {
    return [...this.#tasks].flatMap(([task, counts]) =>
      [...counts].map(([model, { answers, n, sum }]) => ({
        task,
        model,
        answers,
        n,
        accuracy: n === 0 ? null : sum / n,
      })),
    )
  }

  /** A task each; throws `trace_unknown_model` for a model without an answer anywhere, a wrong name most of the time. */
  pairs(): PairOfTask[] {
    const pair = this.#pair!
    const names = [...new Set([...this.#tasks.values()].flatMap((counts) => [...counts.keys()]))]
    for (const name of [pair.device, pair.cloud])
      if (!names.includes(name)) {
        const more = names.length > MOST_NAMES ? `, and ${names.length - MOST_NAMES} more` : ''
        throw new UnknownModelError(
          `the trace has no answer of ${name}: name one of ${names.slice(0, MOST_NAMES).map(printable).join(', ')}${more}`,
        )
      }
    return [...this.#pairs].map(([task, items]) => ({ task, ...pairSummary(items, pair) }))
  }
}

export function modelsTable(models: readonly ModelSummary[]): string {
  const rows = models.map(({ task, model, answers, n, accuracy }) => [
    printable(task),
    printable(model),
    `${answers}`,
    `${n}`,
    share(accuracy),
  ])
  return table(['task', 'model', 'answers', 'judged', 'accuracy'], rows)
}

export function pairsTable(pairs: readonly PairOfTask[]): string {
  const rows = pairs.map(({ task, n, weak, strong, either, oracleEscalation, auroc }) => [
    printable(task),
    `${n}`,
    ...[weak, strong, either, oracleEscalation, auroc].map(share),
  ])
  return table(['task', 'judged', 'device', 'cloud', 'either', 'oracle goes up', 'AUROC'], rows)
}

const share = (value: number | null): string => value?.toFixed(3) ?? '-'

/** Columns as wide as their widest cell; the head dimmed. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, i) => Math.max(column.length, ...rows.map((row) => row[i]!.length)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd()
  return [dim(line(columns)), ...rows.map(line)].join('\n')
}
