/** Snips: intent accuracy, whole answers right, and slot F1 (name and place must both be right). */
import { json } from '../src/json.ts'
import { tally } from '../src/score.ts'
import type { Bench } from './bench.ts'
import type { JsonItem } from './items.ts'
import { addCounts, noCounts, scoreOf, share } from './metrics.ts'
import { runAll } from './run.ts'

export async function evaluateJson(bench: Bench, items: readonly JsonItem[]) {
  const { done, seconds } = await runAll('json', items, ({ text }) => json(bench, text, tally()))
  const counts = noCounts()
  let exact = 0
  for (const { item, answer } of done) {
    const [given, wanted] = [answer, item].map(({ slots }) => slots.map(keyOf)) as [string[], string[]]
    addCounts(counts, given, wanted)
    if (answer.intent === item.intent && given.join() === wanted.join()) exact++
  }
  return {
    items: done.length,
    intentAccuracy: share(done, ({ item, answer }) => answer.intent === item.intent),
    exact: exact / done.length,
    slots: scoreOf(counts),
    slotsWanted: counts.wanted,
    seconds,
  }
}

const keyOf = ({ name, start, end }: JsonItem['slots'][number]) => `${name} ${start} ${end}`
