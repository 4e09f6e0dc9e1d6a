/**
 * Corrections: word error rate before and after, whole sentences right, and the harm done: words that were right before
 * and are not afterwards, measured on clean sentences. Thresholds are an argument, so that `thresholds.ts` can search them.
 */
import { type FixThresholds, fix, fixThresholds } from '../src/fix.ts'
import { tally } from '../src/score.ts'
import type { Bench } from './bench.ts'
import type { FixItem } from './items.ts'
import { share, wordErrors } from './metrics.ts'
import { runAll } from './run.ts'

const words = (text: string) => text.split(/\s+/).filter((word) => word !== '')

export async function evaluateFix(
  bench: Bench,
  items: readonly FixItem[],
  thresholds: FixThresholds = fixThresholds,
) {
  const correct = async (text: string) => (await fix(bench, bench.words, text, tally(), thresholds)).text
  const { done, seconds } = await runAll('fix', items, (item) => correct(item.noisy))
  type Done = typeof done
  const of = (...kinds: FixItem['kind'][]) => done.filter(({ item }) => kinds.includes(item.kind))
  const errorsOf = (part: Done, output: (outcome: Done[number]) => string) =>
    part.reduce((sum, o) => sum + wordErrors(words(output(o)), words(o.item.clean)), 0)
  const rate = (part: Done, output: (outcome: Done[number]) => string) =>
    errorsOf(part, output) / part.reduce((sum, { item }) => sum + words(item.clean).length, 0)
  const isExact = ({ item, answer }: Done[number]) => answer === item.clean
  const text = of('text')
  const clean = of('clean')
  const before = rate(text, ({ item }) => item.noisy)
  const after = rate(text, ({ answer }) => answer)
  const forms = (['date', 'time', 'phone'] as const).map((kind) => {
    const part = of(kind)
    const wrong = part.filter(({ item }) => item.noisy !== item.clean)
    return [
      kind,
      { items: part.length, exact: share(part, isExact), exactOfWrong: share(wrong, isExact) },
    ] as const
  })
  return {
    items: text.length,
    /** Wrong words left or made in all items. */
    errors: errorsOf(done, ({ answer }) => answer),
    thresholds,
    werBefore: before,
    werAfter: after,
    reduction: 1 - after / before,
    exact: share(text, isExact),
    cleanItems: clean.length,
    /** Errors made in sentences without one, per word. */
    cleanWordsChanged: rate(clean, ({ answer }) => answer),
    cleanSentencesChanged: share(clean, (outcome) => !isExact(outcome)),
    forms: Object.fromEntries(forms),
    seconds,
  }
}
