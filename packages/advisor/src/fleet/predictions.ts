/**
 * Predictions, each made once: a verdict asks for the same settings again when a team changes an answer. Kept for each facts, which never
 * change, and let go of with them.
 */
import type { Facts } from '../facts/types.ts'
import type { Prediction, Setting } from '../predict/types.ts'

export type Predict = (setting: Setting, facts: Facts) => Prediction

/** Settings of one facts that are kept, some kilobytes each: a large fleet has two thousand. */
const MOST = 4000

const kept = new WeakMap<Predict, WeakMap<Facts, Map<string, Prediction>>>()

/** The same function, which remembers. It is pure, so nobody can tell. */
export function remembered(predict: Predict): Predict {
  let byFacts = kept.get(predict)
  if (byFacts === undefined) kept.set(predict, (byFacts = new WeakMap()))
  const known = byFacts
  return (setting, facts) => {
    let rows = known.get(facts)
    if (rows === undefined) known.set(facts, (rows = new Map()))
    const { device, model, quantisation, runtime, backend, promptTokens, outputTokens } = setting
    const key = `${device}\n${model}\n${quantisation}\n${runtime}\n${backend}\n${promptTokens}\n${outputTokens}`
    let found = rows.get(key)
    if (found === undefined) {
      if (rows.size >= MOST) rows.clear()
      rows.set(key, (found = predict(setting, facts)))
    }
    return found
  }
}
