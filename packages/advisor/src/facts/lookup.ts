/**
 * A row of the facts by its id. An id that is not there throws an AdvisorError whose message names the nearest ones, so that a typing
 * mistake is mended without the list. Ids are looked up as they are: case counts.
 */
import { AdvisorError, type AdvisorErrorCode } from '../errors.ts'
import type { CloudPrice, Device, Facts, ModelShape, Quantisation } from './types.ts'

/** Throws AdvisorError `unknown_device`. */
export function deviceOf(facts: Facts, id: string): Device {
  return find(facts.devices, id, 'device', 'unknown_device')
}

/** Throws AdvisorError `unknown_model`. */
export function modelOf(facts: Facts, id: string): ModelShape {
  return find(facts.models, id, 'model', 'unknown_model')
}

/** Throws AdvisorError `unknown_quantisation`. */
export function quantisationOf(facts: Facts, id: string): Quantisation {
  return find(facts.quantisations, id, 'quantisation', 'unknown_quantisation')
}

/** Throws AdvisorError `unknown_price`. */
export function priceOf(facts: Facts, id: string): CloudPrice {
  return find(facts.prices, id, 'price', 'unknown_price')
}

/** Bits a weight of the body and of the head that `model` has in this quantisation: narrow rows do not fit every block. */
export function storedBits(
  quantisation: Quantisation,
  model: ModelShape,
): { readonly bodyBits: number; readonly headBits: number } {
  return quantisation.narrow && model.hidden % 256 !== 0 ? quantisation.narrow : quantisation
}

/**
 * Ids of `rows` that are nearest to what was asked, three at most, the nearest first; of those that are alike, the first of the table. Names
 * are looked at as well, and parts in another order ("haiku 4.5") count as near.
 */
export function nearest(
  rows: readonly { readonly id: string; readonly name?: string }[],
  asked: string,
): readonly string[] {
  const far = (text: string): number =>
    Math.min(distance(plain(asked), plain(text)), distance(sorted(asked), sorted(text)) + 0.5)
  return rows
    .map(({ id, name }) => ({ id, far: Math.min(far(id), name === undefined ? Infinity : far(name) + 0.25) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, 3)
    .map(({ id }) => id)
}

function find<Row extends { readonly id: string }>(
  rows: readonly Row[],
  id: string,
  kind: string,
  code: AdvisorErrorCode,
): Row {
  const found = rows.find((row) => row.id === id)
  if (found) return found
  const near = nearest(rows, id)
  const next = near.length ? `did you mean ${near.join(', ')}?` : `the facts hold none: add it to your own`
  throw new AdvisorError(code, `no ${kind} "${id.slice(0, 60)}" in the facts: ${next}`)
}

/** Without case and what people put between parts; not longer than an id could be. */
function plain(id: string): string {
  return id
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .slice(0, 60)
}

/** Its words and numbers in order of the alphabet. */
function sorted(text: string): string {
  const parts =
    text
      .slice(0, 60)
      .toLowerCase()
      .match(/[a-z]+|[0-9]+/g) ?? []
  return parts.sort().join('')
}

/** Least insertions, deletions and exchanges of a letter; an id that holds the other whole is nearer than that. */
function distance(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++)
      row.push(Math.min(row[j - 1]! + 1, before[j]! + 1, before[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    before = row
  }
  const whole = a.length > 2 && b.length > 2 && (a.includes(b) || b.includes(a))
  return whole ? before[b.length]! / 4 : before[b.length]!
}
