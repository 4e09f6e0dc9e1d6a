/** The held-back items as the recipe's evaluate_data.py writes them: one JSON object a line. Offsets are UTF-16. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface IntentItem {
  readonly text: string
  readonly label: string
}

export interface JsonItem {
  readonly text: string
  readonly intent: string
  readonly slots: readonly { readonly name: string; readonly start: number; readonly end: number }[]
}

export interface RedactItem {
  readonly source: string
  readonly text: string
  readonly spans: readonly { readonly type: string; readonly start: number; readonly end: number }[]
}

export interface FixItem {
  /** `text` has errors, `clean` has none; `date`, `time` and `phone` are written in another way. */
  readonly kind: 'text' | 'clean' | 'date' | 'time' | 'phone'
  readonly noisy: string
  readonly clean: string
}

export interface CompleteItem {
  readonly source: string
  readonly text: string
  /** Where the continuation begins, at a space. */
  readonly cut: number
}

/** FOLDER/TASK.jsonl. */
export async function readItems<T>(folder: string, task: string): Promise<T[]> {
  const lines = (await readFile(join(folder, `${task}.jsonl`), 'utf8')).split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line))
}
