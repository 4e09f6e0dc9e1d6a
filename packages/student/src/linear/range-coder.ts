/**
 * Numbers as few bytes: an adaptive binary range coder, that of LZMA (Martin 1979, Pavlov's form) with 12-bit probabilities. What reads
 * must ask with the same contexts in the same order as what wrote; it takes any bytes and ends with them.
 */
import { StudentError } from '../errors.ts'

const BITS = 12
const ONE = 2 ** BITS
/** How fast a probability follows what it sees. */
const RATE = 5
const RENEW = 2 ** 24
/** Numbers have at most so many bits. */
const MOST_BITS = 30

/** Probabilities that a bit is 0, a context each. */
export const contexts = (count: number): Uint16Array => new Uint16Array(count).fill(ONE / 2)

export class RangeWriter {
  readonly #bytes: number[] = []
  #low = 0
  #range = 0xffffffff
  #held = 0
  #holding = 1

  bit(context: Uint16Array, at: number, bit: number): void {
    const bound = (this.#range >>> BITS) * context[at]!
    if (bit === 0) {
      this.#range = bound
      context[at]! += (ONE - context[at]!) >> RATE
    } else {
      this.#low += bound
      this.#range -= bound
      context[at]! -= context[at]! >> RATE
    }
    while (this.#range < RENEW) {
      this.#range = (this.#range * 256) >>> 0
      this.#shift()
    }
  }

  /** The lowest `count` bits of a number, as likely 0 as 1. */
  plain(value: number, count: number): void {
    for (let i = count - 1; i >= 0; i--) {
      this.#range >>>= 1
      if ((value >>> i) & 1) this.#low += this.#range
      while (this.#range < RENEW) {
        this.#range = (this.#range * 256) >>> 0
        this.#shift()
      }
    }
  }

  /** A whole number from 0: how many bits it has, adaptively, in 31 contexts from `at`, then all but its first. */
  number(context: Uint16Array, at: number, value: number): void {
    const bits = 32 - Math.clz32(value + 1)
    for (let i = 1; i < bits; i++) this.bit(context, at + i - 1, 1)
    if (bits <= MOST_BITS) this.bit(context, at + bits - 1, 0)
    this.plain(value + 1, bits - 1)
  }

  bytes(): Uint8Array {
    for (let i = 0; i < 5; i++) this.#shift()
    // The first byte is always 0.
    const bytes = Uint8Array.from(this.#bytes.slice(1))
    return bytes
  }

  /** The highest byte of `low` goes out, when no carry can reach it any more. */
  #shift(): void {
    if (this.#low < 0xff000000 || this.#low > 0xffffffff) {
      const carry = this.#low > 0xffffffff ? 1 : 0
      this.#bytes.push((this.#held + carry) & 255)
      for (; this.#holding > 1; this.#holding--) this.#bytes.push((255 + carry) & 255)
      this.#holding = 0
      this.#held = (this.#low >>> 24) & 255
    }
    this.#holding++
    this.#low = (this.#low % RENEW) * 256
  }
}

/** Throws StudentError `linear_invalid` when asked for more than the bytes hold. */
export class RangeReader {
  readonly #bytes: Uint8Array
  #at = 0
  #code = 0
  #range = 0xffffffff

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    for (let i = 0; i < 4; i++) this.#next()
  }

  /** Bytes that nothing has asked for. */
  get left(): number {
    return this.#bytes.length - this.#at
  }

  bit(context: Uint16Array, at: number): number {
    const bound = (this.#range >>> BITS) * context[at]!
    let bit = 0
    if (this.#code < bound) {
      this.#range = bound
      context[at]! += (ONE - context[at]!) >> RATE
    } else {
      bit = 1
      this.#code -= bound
      this.#range -= bound
      context[at]! -= context[at]! >> RATE
    }
    this.#renew()
    return bit
  }

  plain(count: number): number {
    let value = 0
    for (let i = 0; i < count; i++) {
      this.#range >>>= 1
      const bit = this.#code >= this.#range ? 1 : 0
      if (bit) this.#code -= this.#range
      value = value * 2 + bit
      this.#renew()
    }
    return value
  }

  number(context: Uint16Array, at: number): number {
    let bits = 1
    while (bits <= MOST_BITS && this.bit(context, at + bits - 1) === 1) bits++
    return 2 ** (bits - 1) + this.plain(bits - 1) - 1
  }

  #renew(): void {
    while (this.#range < RENEW) {
      this.#range = (this.#range * 256) >>> 0
      this.#next()
    }
  }

  #next(): void {
    if (this.#at >= this.#bytes.length)
      throw new StudentError('linear_invalid', 'the file of the linear head ends too early: train it again')
    this.#code = ((this.#code << 8) | this.#bytes[this.#at++]!) >>> 0
  }
}
