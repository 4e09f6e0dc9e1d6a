/**
 * What an escalation threshold would do, on the dev items: for bars on the mean log-probability, the share of answers
 * that stay on the device and how many of those are right, by exact match. The default policy's bars are read off here.
 *
 *     node --conditions=edgewise-source models/mini/evaluate/escalation.ts ITEMS/dev MINI.gguf
 */
import { readFile } from 'node:fs/promises'
import { argv } from 'node:process'
import { openMini } from '../src/mini.ts'
import type { MiniTask } from '../src/tasks.ts'
import { type FixItem, type IntentItem, type JsonItem, readItems } from './items.ts'

const bars = [-3, -2, -1.5, -1, -0.7, -0.5, -0.3, -0.2, -0.15, -0.1, -0.07, -0.05, -0.03, -0.02, -0.01]

const [folder, file] = argv.slice(2)
if (!folder || !file) throw new Error('usage: escalation.ts ITEMS/dev MINI.gguf')
using mini = await openMini(await readFile(file))

const intents = await readItems<IntentItem>(folder, 'intent')
const jsons = await readItems<JsonItem>(folder, 'json')
const fixes = await readItems<FixItem>(folder, 'fix')
await tell(
  'intent',
  intents.map(({ text, label }) => ({ text, expected: label })),
)
await tell(
  'json',
  jsons.map(({ text, intent, slots }) => ({
    text,
    expected: JSON.stringify({
      intent,
      slots: slots.map(({ name, start, end }) => ({ name, value: text.slice(start, end) })),
    }),
  })),
)
await tell(
  'fix',
  fixes.map(({ noisy, clean }) => ({ text: noisy, expected: clean })),
)

async function tell(task: MiniTask, items: readonly { text: string; expected: string }[]): Promise<void> {
  const answers: { right: boolean; signal: number }[] = []
  for (const { text, expected } of items) {
    let answer = ''
    const parts = mini.run(task, text)
    let step = await parts.next()
    for (; !step.done; step = await parts.next()) answer += step.value.text
    answers.push({ right: answer === expected, signal: step.value.meanLogprob })
  }
  console.log(
    `\n${task}: ${items.length} dev items, ${percent(answers.filter(({ right }) => right).length / items.length)} right\n`,
  )
  console.log('| bar | stay on the device | of those right |\n| --- | --- | --- |')
  for (const bar of bars) {
    const kept = answers.filter(({ signal }) => signal >= bar)
    const right = kept.filter((answer) => answer.right).length
    console.log(`| ${bar} | ${percent(kept.length / items.length)} | ${percent(right / kept.length)} |`)
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
