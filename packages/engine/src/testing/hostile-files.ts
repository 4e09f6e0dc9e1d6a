/**
 * Damage to a sound GGUF file, drawn from a seed: bytes flipped, cut, moved and inserted, and fields that lie: huge counts,
 * wrong types, values no model has, tensors over one another, names twice, alignments. Most files stay readable up to the
 * damage, so that it is met deep inside.
 */
import { assemble, type RawGguf, type RawPair, type RawText, type RawValue, takeApart } from './raw-gguf.ts'

export type Random = () => number

/** Numbers around the edges of what a field, an index or a file can hold. */
const EDGES = [
  0n,
  1n,
  2n,
  255n,
  2n ** 15n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 61n,
  2n ** 63n,
  2n ** 64n - 1n,
]
const NAMES = [
  'token_embd.weight',
  'output.weight',
  'blk.0.attn_q.weight',
  'blk.99.ffn_up.weight',
  '',
  'x'.repeat(300),
  '\0',
  '../x',
]
const utf8 = new TextEncoder()

/** A maker of damaged files: each call draws one from `random`. */
export function damages(file: Uint8Array): (random: Random) => Uint8Array<ArrayBuffer> {
  const whole = takeApart(file)
  return (random) => {
    if (random() < 0.45) return damageBytes(file, random)
    const raw = {
      ...whole,
      pairs: whole.pairs.map((pair) => ({ ...pair })),
      tensors: whole.tensors.map((tensor) => ({ ...tensor, dims: [...tensor.dims] })),
    }
    for (let n = 1 + Math.floor(random() * 3); n > 0; n--) pick(random, fieldDamages)(raw, random)
    const damaged = assemble(raw)
    return random() < 0.2 ? damageBytes(damaged, random) : damaged
  }
}

const below = (random: Random, limit: number): number => Math.floor(random() * limit)
const pick = <T>(random: Random, from: readonly T[]): T => from[below(random, from.length)]!
const edge = (random: Random, near = 0n): bigint =>
  random() < 0.7 ? pick(random, EDGES) : near + BigInt(below(random, 7) - 3)
const text = (value: string): RawText => {
  const bytes = utf8.encode(value)
  return { length: BigInt(bytes.length), bytes }
}

function damageBytes(file: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  // Where the header is, mostly: the tensor data is most of the file and takes any bits.
  const place = (): number => below(random, random() < 0.9 ? Math.min(file.length, 16_384) : file.length)
  const kind = random()
  if (kind < 0.15) return file.slice(0, place())
  if (kind < 0.25) {
    const [from, to, size] = [place(), place(), below(random, 64)]
    const copy = file.slice()
    copy.copyWithin(to, from, from + size)
    return copy
  }
  if (kind < 0.4) {
    const [at, gone, inserted] = [place(), below(random, 40), below(random, 40)]
    const other = place()
    const splice = new Uint8Array(file.length - Math.min(gone, file.length - at) + inserted)
    splice.set(file.subarray(0, at))
    splice.set(file.subarray(other, other + inserted), at)
    splice.set(file.subarray(at + gone), at + inserted)
    return splice
  }
  const copy = file.slice()
  for (let n = 1 + below(random, 6); n > 0; n--) {
    const at = place()
    if (random() < 0.5) copy[at] = below(random, 256)
    else if (at + 8 <= copy.length) new DataView(copy.buffer).setBigUint64(at, edge(random), true)
  }
  return copy
}

type FieldDamage = (raw: RawGguf, random: Random) => void

const fieldDamages: readonly FieldDamage[] = [
  (raw, random) => (raw.version = pick(random, [0, 1, 2, 3, 4, 0x03000000])),
  (raw, random) => (raw.tensorCount = edge(random, raw.tensorCount)),
  (raw, random) => (raw.pairCount = edge(random, raw.pairCount)),
  onPair((pair, random) => (pair.key = { ...pair.key, length: edge(random, 8n) })),
  onPair((pair, random) => (pair.type = below(random, 14))),
  (raw, random) => remove(raw.pairs, random) && raw.pairCount--,
  (raw, random) => again(raw.pairs, random) && raw.pairCount++,
  onPair((pair, random) => (pair.value = lie(pair.value, random))),
  onPair(replaceValue),
  onPair(replaceValue),
  (raw, random) => {
    raw.pairs.push({ key: text('general.alignment'), type: 4, value: scalar(4, edge(random, 32n)) })
    raw.pairCount++
  },
  (raw, random) => {
    raw.pairs.push({ key: text(pick(random, NAMES)), ...nested(below(random, 8)) })
    raw.pairCount++
  },
  (raw, random) => (raw.pairs = shuffled(raw.pairs, random)),
  onTensor((tensor, random) => (tensor.type = below(random, 45))),
  onTensor((tensor, random) => (tensor.dimCount = pick(random, [0, 1, 2, 3, 4, 5, 255, 2 ** 31]))),
  onTensor((tensor, random) => (tensor.dims[below(random, tensor.dims.length)] = edge(random, 64n))),
  onTensor((tensor, random) => {
    tensor.dims = Array.from({ length: 1 + below(random, 4) }, () =>
      pick(random, [0n, 1n, 32n, 256n, 2n ** 20n, 2n ** 31n]),
    )
    tensor.dimCount = tensor.dims.length
  }),
  onTensor((tensor) => tensor.dims.reverse()),
  onTensor((tensor, random) => (tensor.offset = edge(random, tensor.offset))),
  onTensor((tensor, random, raw) => (tensor.offset = pick(random, raw.tensors).offset)),
  onTensor((tensor, random) => (tensor.name = text(pick(random, NAMES)))),
  onTensor((tensor, random, raw) => (tensor.name = pick(random, raw.tensors).name)),
  (raw, random) => remove(raw.tensors, random) && raw.tensorCount--,
  (raw, random) => again(raw.tensors, random) && raw.tensorCount++,
  (raw, random) => (raw.tensors = shuffled(raw.tensors, random)),
  (raw, random) => (raw.padding = new Uint8Array(below(random, 64))),
  (raw, random) => (raw.data = raw.data.subarray(0, below(random, raw.data.length))),
  (raw, random) => (raw.data = poisoned(raw.data, random)),
]

const remove = (from: unknown[], random: Random): boolean =>
  from.splice(below(random, from.length), 1).length > 0
const again = <T>(of: T[], random: Random): boolean => of.length > 0 && of.push(pick(random, of)) > 0

function onTensor(
  damage: (tensor: RawGguf['tensors'][number], random: Random, raw: RawGguf) => void,
): FieldDamage {
  return (raw, random) => {
    if (raw.tensors.length > 0) damage(pick(random, raw.tensors), random, raw)
  }
}

function onPair(damage: (pair: RawPair, random: Random) => void): FieldDamage {
  return (raw, random) => {
    if (raw.pairs.length > 0) damage(pick(random, raw.pairs), random)
  }
}

/** The value with a count or a length that is not that of what follows, or with other bits. */
function lie(value: RawValue, random: Random): RawValue {
  if (value.kind === 'bytes') return { ...value, bytes: value.bytes.map(() => below(random, 256)) }
  if (value.kind === 'string') return { ...value, length: edge(random, value.length) }
  if (value.values.length > 0 && random() < 0.5) {
    const at = below(random, value.values.length)
    return { ...value, values: value.values.with(at, lie(value.values[at]!, random)) }
  }
  return random() < 0.5 ? { ...value, count: edge(random, value.count) } : { ...value, of: below(random, 14) }
}

/** A value of any type, sound by itself, where another one belongs. */
function replaceValue(pair: RawPair, random: Random): void {
  const type = below(random, 13)
  pair.type = type
  if (type === 8)
    pair.value = { kind: 'string', ...text(pick(random, ['', 'llama', 'gpt2', '\ud7ff', 'x'.repeat(5000)])) }
  else if (type === 9) Object.assign(pair, array(random))
  else if (type === 6 || type === 12)
    pair.value = float(type, pick(random, [Number.NaN, Number.POSITIVE_INFINITY, -0, -1, 1e-45, 3.4e38, 0.5]))
  else pair.value = scalar(type, edge(random, 4n))
}

function array(random: Random): { type: number; value: RawValue } {
  const of = below(random, 13)
  const count = pick(random, [0, 1, 2, 3, 40, 273, 1000])
  if (of === 9) return nested(below(random, 6))
  const value = (): RawValue =>
    of === 8
      ? { kind: 'string', ...text(pick(random, ['', 'a', 'a b', ' ', '▁'])) }
      : scalar(of, edge(random, 1n))
  return {
    type: 9,
    value: { kind: 'array', of, count: BigInt(count), values: Array.from({ length: count }, value) },
  }
}

function nested(depth: number): { type: number; value: RawValue } {
  let value: RawValue = { kind: 'array', of: 0, count: 0n, values: [] }
  for (let i = 0; i < depth; i++) value = { kind: 'array', of: 9, count: 2n, values: [value, value] }
  return { type: 9, value }
}

function scalar(type: number, value: bigint): RawValue {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true)
  const size = [1, 1, 2, 2, 4, 4, 4, 1, 8, 8, 8, 8, 8][type]!
  return { kind: 'bytes', bytes: bytes.slice(0, size) }
}

function float(type: 6 | 12, value: number): RawValue {
  const bytes = new Uint8Array(type === 6 ? Float32Array.of(value).buffer : Float64Array.of(value).buffer)
  return { kind: 'bytes', bytes }
}

function shuffled<T>(things: readonly T[], random: Random): T[] {
  return things
    .map((thing) => [random(), thing] as const)
    .sort(([a], [b]) => a - b)
    .map(([, thing]) => thing)
}

/** NaN, infinity and huge scales among the weights. */
function poisoned(data: Uint8Array, random: Random): Uint8Array {
  const copy = data.slice()
  for (let n = 1 + below(random, 50); n > 0; n--)
    copy.set([0xff, pick(random, [0x7c, 0x7e, 0xff, 0x7f])], below(random, Math.max(1, copy.length - 2)))
  return copy
}
