/** Texts dealt into parts, for cross-fitting: the same text lies in one part alone, and each label's texts are dealt round. */
import { seededRandom, shuffle } from '@edgewise/evidence'
import { wordsOf } from './features.ts'

export const PARTS: number = 5

/** The part of each text, 0 to 4. A rare label is in as many parts as it can be. */
export function dealt(texts: readonly string[], labels: readonly string[]): readonly number[] {
  const groups = new Map<string, number[]>()
  for (const [i, text] of texts.entries()) {
    const words = wordsOf(text).join(' ')
    const key = words === '' ? text.trim().slice(0, 100) : words
    const group = groups.get(key)
    if (group) group.push(i)
    else groups.set(key, [i])
  }
  const ofLabel = new Map<string, number[][]>()
  for (const group of groups.values()) {
    const label = labels[group[0]!]!
    const known = ofLabel.get(label)
    if (known) known.push(group)
    else ofLabel.set(label, [group])
  }
  const parts = new Array<number>(texts.length)
  const random = seededRandom(2)
  let next = 0
  for (const [, ofOne] of [...ofLabel].sort(([a], [b]) => (a < b ? -1 : 1)))
    for (const group of shuffle(ofOne, random)) {
      for (const i of group) parts[i] = next % PARTS
      next++
    }
  return parts
}
