/** CLINC150: in-scope accuracy, and how well P(oos) and the best label's probability tell what is out of scope. */
import { intent } from '../src/intent.ts'
import { tally } from '../src/score.ts'
import type { Bench } from './bench.ts'
import type { IntentItem } from './items.ts'
import { auroc, quantileAbove, share } from './metrics.ts'
import { runAll } from './run.ts'

export async function evaluateIntent(bench: Bench, items: readonly IntentItem[]) {
  const { done, seconds } = await runAll('intent', items, ({ text }) =>
    bench.read((reader) => intent(reader, bench.protocol, text, tally())),
  )
  const inside = done.filter(({ item }) => item.label !== 'oos')
  const outside = done.filter(({ item }) => item.label === 'oos')
  type Answer = (typeof done)[number]['answer']
  const bestInside = ({ label, top, probability }: Answer) =>
    label === 'oos' ? (top[1]?.probability ?? 0) : probability
  const scores = { oos: (a: Answer) => a.oos, notMax: (a: Answer) => -bestInside(a) }
  const signal = (score: (a: Answer) => number) => {
    const [low, high] = [inside, outside].map((part) => part.map(({ answer }) => score(answer)))
    const bar = quantileAbove(low!, 0.05)
    return { auroc: auroc(high!, low!), caughtAt5: share(high!, (s) => s > bar), threshold: bar }
  }
  return {
    items: done.length,
    inScope: inside.length,
    outOfScope: outside.length,
    /** Best of the 150, whatever P(oos) is. */
    accuracy: share(inside, ({ item, answer }) => bestLabel(answer) === item.label),
    /** Best of the 151. */
    accuracyWithOos: share(inside, ({ item, answer }) => answer.label === item.label),
    oosRecall: share(outside, ({ answer }) => answer.label === 'oos'),
    oosToken: signal(scores.oos),
    maxProbability: signal(scores.notMax),
    seconds,
  }
}

function bestLabel({ label, top }: { label: string; top: readonly { label: string }[] }): string | undefined {
  return label === 'oos' ? top[1]?.label : label
}
