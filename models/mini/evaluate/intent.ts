/**
 * CLINC150: in-scope accuracy, and how well P(oos) and the best label's probability tell what is out of scope; by the model and the
 * linear head of the file together, as they ship, and by each alone.
 */
import { type IntentAnswer, intent, linearShare } from '../src/intent.ts'
import { tally } from '../src/score.ts'
import type { Bench } from './bench.ts'
import type { IntentItem } from './items.ts'
import { auroc, quantileAbove, share } from './metrics.ts'
import { type Outcome, runAll } from './run.ts'

/** What one way to name a label reaches. */
export interface IntentFigures {
  /** Best of the 150, whatever P(oos) is. */
  readonly accuracy: number
  /** Best of the 151. */
  readonly accuracyWithOos: number
  readonly oosRecall: number
  readonly oosToken: SignalFigures
  readonly maxProbability: SignalFigures
}

interface SignalFigures {
  readonly auroc: number
  readonly caughtAt5: number
  readonly threshold: number
}

/** `shares` of the head, for those who choose one; by default what ships, and each alone. */
export async function evaluateIntent(bench: Bench, items: readonly IntentItem[]) {
  const by = async (part: number) =>
    await runAll('intent', items, ({ text }) => intent(bench, bench.head, text, tally(), part))
  const together = await by(linearShare)
  return {
    items: items.length,
    inScope: items.filter(({ label }) => label !== 'oos').length,
    outOfScope: items.filter(({ label }) => label === 'oos').length,
    together: intentFigures(together.done),
    model: intentFigures((await by(0)).done),
    linear: intentFigures((await by(1)).done),
    seconds: together.seconds,
  }
}

export function intentFigures(done: readonly Outcome<IntentItem, IntentAnswer>[]): IntentFigures {
  const inside = done.filter(({ item }) => item.label !== 'oos')
  const outside = done.filter(({ item }) => item.label === 'oos')
  const bestInside = ({ label, top, probability }: IntentAnswer) =>
    label === 'oos' ? (top[1]?.probability ?? 0) : probability
  const signal = (score: (a: IntentAnswer) => number): SignalFigures => {
    const [low, high] = [inside, outside].map((part) => part.map(({ answer }) => score(answer)))
    const bar = quantileAbove(low!, 0.05)
    return { auroc: auroc(high!, low!), caughtAt5: share(high!, (s) => s > bar), threshold: bar }
  }
  return {
    accuracy: share(inside, ({ item, answer }) => bestLabel(answer) === item.label),
    accuracyWithOos: share(inside, ({ item, answer }) => answer.label === item.label),
    oosRecall: share(outside, ({ answer }) => answer.label === 'oos'),
    oosToken: signal((answer) => answer.oos),
    maxProbability: signal((answer) => -bestInside(answer)),
  }
}

function bestLabel({ label, top }: IntentAnswer): string | undefined {
  return label === 'oos' ? top[1]?.label : label
}
