/**
 * Which passages are kept: the best first while they fit, the heading above each with it, then what stands beside the best, then
 * the rest in order. Pure arithmetic over scores and costs; it knows no text.
 */
import type { TextPassage } from './parted-text.ts'

export interface Choosable extends TextPassage {
  /** The text it is part of; passages of a text follow one another. */
  readonly text: number
  readonly score: number
}

export interface Room {
  /** Tokens the passages may take together, marks of what was left out included. */
  readonly tokens: number
  readonly mark: number
  /** Tokens of the passage at an index; asked only of those that are tried. */
  cost(index: number): number
}

/** Passages that did not fit in a row before the search for smaller ones ends. */
const PATIENCE = 24

/** From which part of the best score on what stands beside a passage is worth more than the next passage. */
const NEAR_BEST = 0.5

/** The indices kept, in the order they were taken; pinned ones are not among them. */
export function choose(passages: readonly Choosable[], room: Room): number[] {
  const first = firsts(passages)
  const isKept = passages.map(({ isPinned }) => isPinned)
  const taken: number[] = []
  let left = room.tokens
  passages.forEach((passage, i) => {
    if (passage.isPinned) left -= room.cost(i)
    if (isGap(i) && (i === 0 || !isGap(i - 1) || passages[i - 1]!.text !== passage.text)) left -= room.mark
  })

  /** Keeps all of `wanted` that is not kept, or none of it. */
  const take = (...wanted: number[]): boolean => {
    const added = [...new Set(wanted)].filter((i) => isGap(i))
    let cost = 0
    for (const i of added) {
      cost += room.cost(i) + room.mark * gapsMade(i)
      isKept[i] = true
    }
    if (cost <= left) {
      left -= cost
      taken.push(...added)
      return true
    }
    for (const i of added) isKept[i] = false
    return false
  }
  takeBest()
  takeRest()
  return taken

  function takeBest(): void {
    const ranked = passages
      .map((_, i) => i)
      .filter((i) => isGap(i) && passages[i]!.kind !== 'heading' && passages[i]!.score > 0)
      .sort((a, b) => passages[b]!.score - passages[a]!.score || a - b)
    const best = ranked.length === 0 ? 0 : passages[ranked[0]!]!.score
    let misses = 0
    for (const i of ranked) {
      if (misses === PATIENCE) return
      const above = passages[i]!.heading
      const isTaken = (above >= 0 && take(i, first[i]! + above)) || take(i)
      misses = isTaken ? 0 : misses + 1
      if (isTaken && passages[i]!.score >= NEAR_BEST * best) for (const near of beside(i)) take(near)
    }
  }

  function takeRest(): void {
    let misses = 0
    for (let i = 0; i < passages.length && misses < PATIENCE; i++) {
      if (isGap(i)) misses = take(i) ? 0 : misses + 1
    }
  }

  function beside(i: number): number[] {
    return [i + 1, i - 1].filter((near) => passages[near]?.text === passages[i]!.text)
  }

  function isGap(i: number): boolean {
    return !isKept[i]
  }

  /** How many gaps more there are once `i` is kept: one that it parts, none at its edge, one less where it was the gap. */
  function gapsMade(i: number): number {
    return beside(i).filter((near) => isGap(near)).length - 1
  }
}

/** The index at which the text of each passage begins. */
function firsts(passages: readonly Choosable[]): number[] {
  let first = 0
  return passages.map(({ text }, i) => {
    if (i > 0 && passages[i - 1]!.text !== text) first = i
    return first
  })
}
