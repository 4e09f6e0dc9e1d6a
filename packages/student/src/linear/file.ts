/**
 * The file of a linear head: `EDGELIN1`, the length of a JSON header (u32, little endian), the header, the coded features and weights, and
 * a checksum of all before it (u32). read-linear.ts opens it.
 */
import { z } from 'zod'
import { encodeWeights } from './coded.ts'
import type { HeadParts } from './head.ts'
import { MOST_KNOWN } from './known.ts'

export const MAGIC: string = 'EDGELIN1'
export const START: number = MAGIC.length + 4
export const MOST_LABELS: number = 2 ** 15

/** What the header says; `features` is how many features are known. */
export interface Header {
  readonly labels: string[]
  readonly outOfScopeLabel: string | null
  readonly features: number
  readonly temperature: number
  readonly coefficients: [number, number, number]
  /** [101], of the scope. */
  readonly quantiles: number[]
}

const number = z.number().min(-1e9).max(1e9)
export const headerSchema: z.ZodType<Header> = z.strictObject({
  labels: z.array(z.string().min(1)).min(2).max(MOST_LABELS),
  outOfScopeLabel: z.string().nullable(),
  features: z.int().min(0).max(MOST_KNOWN),
  temperature: z.number().min(0.01).max(100),
  coefficients: z.tuple([number, number, number]),
  quantiles: z.array(number).length(101),
})

export function encodeHead({
  labels,
  outOfScopeLabel,
  known,
  weights,
  temperature,
  scope,
}: HeadParts): Uint8Array {
  const header: Header = {
    labels: [...labels],
    outOfScopeLabel,
    features: known.places.length,
    temperature,
    coefficients: [...scope.coefficients],
    quantiles: [...scope.quantiles],
  }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const coded = encodeWeights(known, weights)
  const bytes = new Uint8Array(START + text.length + coded.length + 4)
  bytes.set(new TextEncoder().encode(MAGIC))
  const view = new DataView(bytes.buffer)
  view.setUint32(MAGIC.length, text.length, true)
  bytes.set(text, START)
  bytes.set(coded, START + text.length)
  view.setUint32(bytes.length - 4, checksum(bytes.subarray(0, -4)), true)
  return bytes
}

/** FNV-1a: finds what a copy has broken, no more. */
export function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}
