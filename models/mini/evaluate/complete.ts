/**
 * Completion: bits per byte of the true continuation, and the share of its units (words, digits, punctuation) and of its
 * words alone that greedy decoding would have written. One pass over prompt and continuation gives all: the model always
 * sees the true text so far.
 */
import { argmax } from '@edgewise/engine'
import type { Unit } from '../src/protocol.ts'
import { logSum } from '../src/score.ts'
import type { Bench } from './bench.ts'
import type { CompleteItem } from './items.ts'
import { runAll } from './run.ts'

interface Counted {
  readonly bits: number
  readonly bytes: number
  readonly units: number
  readonly rightUnits: number
  readonly words: number
  readonly rightWords: number
}

export async function evaluateComplete(bench: Bench, items: readonly CompleteItem[]) {
  const { done, tooLong, seconds } = await runAll('complete', items, async (item) => count(bench, item))
  const sources = [...new Set(items.map((item) => item.source))].sort()
  const bySource = sources.map((source) => {
    const part = done.filter(({ item }) => item.source === source).map(({ answer }) => answer)
    const sum = (key: keyof Counted) => part.reduce((total, counted) => total + counted[key], 0)
    const figures = {
      items: part.length,
      bitsPerByte: sum('bits') / sum('bytes'),
      nextUnit: sum('rightUnits') / sum('units'),
      nextWord: sum('rightWords') / sum('words'),
      words: sum('words'),
    }
    return [source, figures] as const
  })
  return { bySource: Object.fromEntries(bySource), tooLong, seconds }
}

/** A unit is right when each of its tokens is the most probable one and, after a word, the next one does not prolong it. */
function count({ model, protocol }: Bench, item: CompleteItem): Counted {
  const prompt = protocol.prompt(protocol.units(item.text.slice(0, item.cut)))
  const next = item.text.slice(item.cut).trim()
  const units = protocol.units(next)
  const target = units.flatMap((unit) => unit.ids)
  using session = model.session()
  const logits = session.forward([...prompt, ...target], true)
  const rowAt = (i: number) => {
    const row = prompt.length - 1 + i
    return logits.subarray(row * model.tokenizer.size, (row + 1) * model.tokenizer.size)
  }
  let bits = 0
  const best = target.map((id, i) => {
    const row = rowAt(i)
    bits -= (row[id]! - logSum(row)) / Math.LN2
    return argmax(row)
  })
  best.push(argmax(rowAt(target.length)))
  const isRight = (unit: Unit, at: number) => {
    const end = at + unit.ids.length
    const same = unit.ids.every((id, i) => best[at + i] === id)
    return same && !(/\p{L}/u.test(unit.text) && /^\p{L}/u.test(model.tokenizer.textOf(best[end]!)))
  }
  let at = 0
  const counted = { bits, bytes: new TextEncoder().encode(` ${next}`).length, ...noUnits }
  for (const unit of units) {
    const right = Number(isRight(unit, at))
    at += unit.ids.length
    if (unit.blank) continue
    counted.units++
    counted.rightUnits += right
    if (!/^ \p{L}/u.test(unit.text)) continue
    counted.words++
    counted.rightWords += right
  }
  return counted
}

const noUnits = { units: 0, rightUnits: 0, words: 0, rightWords: 0 }
