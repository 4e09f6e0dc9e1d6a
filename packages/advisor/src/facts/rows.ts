/**
 * Rows of a user's own, as they lie in a YAML or JSON file: the tables of the facts, each with the rows to add or to replace. Strict, so
 * that a mistyped name is told instead of being ignored. What a row must not say against itself or others is in merge.ts.
 */
import { z } from 'zod'
import type { CloudPrice, Device, Measurement, ModelShape, Quantisation } from './types.ts'

/** By table; an id is there once in each. */
export interface FactRows {
  readonly devices: readonly Device[]
  readonly models: readonly ModelShape[]
  readonly quantisations: readonly Quantisation[]
  readonly prices: readonly CloudPrice[]
  readonly own: readonly Measurement[]
}

/** Rows of a table at most. */
const MOST = 1000

const id: z.ZodString = z
  .string()
  .regex(/^[A-Za-z0-9][\w.+:/-]{0,118}$/, 'an id has up to 119 letters, digits and . + : / _ - in it')
// Text that is printed on terminals and pages: no control characters, no marks that turn its direction.
const text: z.ZodString = z
  .string()
  .min(1)
  .max(400)
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'use one line of plain text')
const figure = (most: number): z.ZodNumber => z.number().positive().max(most)
const count = (most: number): z.ZodNumber => z.int().min(1).max(most)
const orNull = <T extends z.ZodType>(of: T): z.ZodDefault<z.ZodNullable<T>> => of.nullable().default(null)

const bytes = count(2 ** 50)
const bits = z.number().min(1).max(32)
const source = {
  source: text,
  asOf: z.iso.date(),
  basis: z.enum(['measured', 'published', 'computed', 'claimed']),
}

const device = z.strictObject({
  id,
  name: text,
  chip: text,
  class: z.enum([
    'phone',
    'phone-mid',
    'laptop',
    'desktop',
    'desktop-gpu',
    'datacenter-gpu',
    'sbc',
    'handheld',
  ]),
  bandwidthGBs: figure(1e6),
  bus: orNull(z.strictObject({ bits: count(65_536), mtps: figure(1e6) })),
  memoryBytes: bytes,
  usableBytes: bytes,
  usableWhy: text,
  ...source,
})

const model = z.strictObject({
  id,
  name: text,
  layers: count(10_000),
  hidden: count(1e6),
  heads: count(10_000),
  kvHeads: count(10_000),
  headDim: count(100_000),
  ffn: count(1e7),
  vocab: count(1e8),
  tied: z.boolean(),
  context: count(1e9),
  window: orNull(z.strictObject({ tokens: count(1e9), layers: count(10_000) })),
  parameters: count(1e13),
  bodyParameters: count(1e13),
  scores: z.record(z.string().regex(/^[a-z0-9][a-z0-9._+-]{0,40}$/), z.number().min(0).max(100)).default({}),
  ...source,
})

const quantisation = z.strictObject({
  id,
  bodyBits: bits,
  headBits: bits,
  narrow: orNull(z.strictObject({ bodyBits: bits, headBits: bits })),
  ...source,
})

const dollars = z.number().min(0).max(100_000)
const price = z.strictObject({
  id,
  vendor: text,
  name: text,
  inputPerMTok: dollars,
  cachedInputPerMTok: orNull(dollars),
  outputPerMTok: dollars,
  ...source,
})

const measurement = z.strictObject({
  id,
  device: id,
  runtime: text,
  backend: z.enum(['cpu', 'gpu', 'npu']),
  model: orNull(id),
  quantisation: id,
  fileBytes: bytes,
  promptTokens: orNull(count(1e9)),
  outputTokens: orNull(count(1e9)),
  prefillTps: orNull(figure(1e9)),
  decodeTps: orNull(figure(1e9)),
  firstTokenMs: orNull(figure(1e9)),
  peakBytes: orNull(bytes),
  ...source,
})

const table = <T extends z.ZodType>(row: T): z.ZodDefault<z.ZodArray<T>> =>
  z.array(row).max(MOST, `a table has ${MOST} rows at most`).default([])

/** What may lie in a file of facts; a table that is left out is empty. */
export const factRowsSchema: z.ZodType<FactRows> = z.strictObject({
  devices: table(device),
  models: table(model),
  quantisations: table(quantisation),
  prices: table(price),
  own: table(measurement),
})
