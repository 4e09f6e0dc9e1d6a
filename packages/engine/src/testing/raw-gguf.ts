/**
 * GGUF taken apart into its fields as they stand in the file, and put together again without any check: for files that no
 * writer would write. `assemble(takeApart(bytes))` gives the same bytes.
 */

/** Lengths and counts stand apart from what follows them, so that they can lie. */
export interface RawText {
  readonly length: bigint
  readonly bytes: Uint8Array
}

export type RawValue =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | ({ readonly kind: 'string' } & RawText)
  | {
      readonly kind: 'array'
      readonly of: number
      readonly count: bigint
      readonly values: readonly RawValue[]
    }

export interface RawPair {
  key: RawText
  type: number
  value: RawValue
}

export interface RawTensor {
  name: RawText
  dimCount: number
  dims: bigint[]
  type: number
  offset: bigint
}

export interface RawGguf {
  magic: number
  version: number
  tensorCount: bigint
  pairCount: bigint
  pairs: RawPair[]
  tensors: RawTensor[]
  /** What lies between the header and the data. */
  padding: Uint8Array
  data: Uint8Array
}

/** Bytes of a scalar by the number of its type; strings (8) and arrays (9) have none. */
const sizes: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
}

/** A sound file. */
export function takeApart(file: Uint8Array): RawGguf {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  let at = 0
  const take = (size: number): Uint8Array => file.slice(at, (at += size))
  const u32 = (): number => view.getUint32((at += 4) - 4, true)
  const u64 = (): bigint => view.getBigUint64((at += 8) - 8, true)
  const text = (): RawText => {
    const length = u64()
    return { length, bytes: take(Number(length)) }
  }
  const value = (type: number): RawValue => {
    if (type === 8) return { kind: 'string', ...text() }
    if (type !== 9) return { kind: 'bytes', bytes: take(sizes[type]!) }
    const of = u32()
    const count = u64()
    const size = sizes[of]
    // Arrays of numbers stay in one piece.
    if (size !== undefined)
      return { kind: 'array', of, count, values: [{ kind: 'bytes', bytes: take(size * Number(count)) }] }
    return { kind: 'array', of, count, values: Array.from({ length: Number(count) }, () => value(of)) }
  }
  const [magic, version, tensorCount, pairCount] = [u32(), u32(), u64(), u64()]
  const pairs = Array.from({ length: Number(pairCount) }, (): RawPair => {
    const key = text()
    const type = u32()
    return { key, type, value: value(type) }
  })
  const tensors = Array.from({ length: Number(tensorCount) }, (): RawTensor => {
    const name = text()
    const dimCount = u32()
    const dims = Array.from({ length: dimCount }, u64)
    return { name, dimCount, dims, type: u32(), offset: u64() }
  })
  const padding = take((32 - (at % 32)) % 32)
  return { magic, version, tensorCount, pairCount, pairs, tensors, padding, data: file.slice(at) }
}

export function assemble(raw: RawGguf): Uint8Array<ArrayBuffer> {
  const sink = new Sink(raw.data.length + 2 ** 16)
  sink.u32(raw.magic)
  sink.u32(raw.version)
  sink.u64(raw.tensorCount)
  sink.u64(raw.pairCount)
  for (const pair of raw.pairs) {
    sink.text(pair.key)
    sink.u32(pair.type)
    sink.value(pair.value)
  }
  for (const tensor of raw.tensors) {
    sink.text(tensor.name)
    sink.u32(tensor.dimCount)
    for (const dim of tensor.dims) sink.u64(dim)
    sink.u32(tensor.type)
    sink.u64(tensor.offset)
  }
  sink.bytes(raw.padding)
  sink.bytes(raw.data)
  return sink.file()
}

class Sink {
  #file: Uint8Array<ArrayBuffer>
  #view: DataView
  #at = 0

  constructor(size: number) {
    this.#file = new Uint8Array(size)
    this.#view = new DataView(this.#file.buffer)
  }

  u32(value: number): void {
    const at = this.#room(4)
    this.#view.setUint32(at, value, true)
  }

  u64(value: bigint): void {
    const at = this.#room(8)
    this.#view.setBigUint64(at, value, true)
  }

  bytes(bytes: Uint8Array): void {
    const at = this.#room(bytes.length)
    this.#file.set(bytes, at)
  }

  text({ length, bytes }: RawText): void {
    this.u64(length)
    this.bytes(bytes)
  }

  value(value: RawValue): void {
    if (value.kind === 'bytes') this.bytes(value.bytes)
    else if (value.kind === 'string') this.text(value)
    else {
      this.u32(value.of)
      this.u64(value.count)
      for (const inner of value.values) this.value(inner)
    }
  }

  file(): Uint8Array<ArrayBuffer> {
    return this.#file.slice(0, this.#at)
  }

  #room(size: number): number {
    if (this.#at + size > this.#file.length) {
      const larger = new Uint8Array(2 * (this.#at + size))
      larger.set(this.#file.subarray(0, this.#at))
      this.#file = larger
      this.#view = new DataView(larger.buffer)
    }
    this.#at += size
    return this.#at - size
  }
}
