/** The pairs of models of the public traces on which certificates are tried: all that have the device model's log-probabilities. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { judgedItem, type ModelPair, type TraceItem } from '@edgewise/evidence'
import { openTrace } from '@edgewise/traces'

export interface Pair extends ModelPair {
  readonly name: string
  readonly items: readonly TraceItem[]
}

const folder = resolve(import.meta.dirname, '../../../shared/traces/zellinger-cascades')

const SETS = [
  ['TriviaQA', 'triviaqa_test', ['llama3.1-8b', 'llama3.2-3b', 'llama3.2-1b']],
  ['TriviaQA train', 'triviaqa_train', ['llama3.1-8b', 'llama3.2-3b', 'llama3.2-1b']],
  ['MMLU', 'mmlu_test', ['llama3.1-8b', 'llama3.2-3b', 'llama3.2-1b', 'gpt-4o-mini']],
  ['MMLU train', 'mmlu_train', ['llama3.1-8b', 'llama3.2-3b', 'llama3.2-1b', 'gpt-4o-mini']],
  ['GSM8K train', 'gsm8k_train', ['llama3.1-8b', 'llama3.2-3b', 'llama3.2-1b']],
] as const

/** Items that both models have answered, each under a task of its set. Exits with a message when the sets are not there. */
export async function pairs(): Promise<Pair[]> {
  if (!existsSync(folder)) {
    console.error(`the traces are not in ${folder}`)
    process.exit(1)
  }
  const found: Pair[] = []
  for (const [set, file, devices] of SETS) {
    const items: TraceItem[] = []
    for await (const item of openTrace(resolve(folder, `${file}.outcomes.csv.gz`))) items.push(item)
    for (const device of devices) {
      const pair = { device, cloud: 'gpt-4o' }
      found.push({ ...pair, name: `${set} ${device}`, items: items.filter((item) => judgedItem(item, pair)) })
    }
  }
  return found
}

export const percent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)} %`
