/**
 * Reads little-endian values from bytes, one after the other, and never past the end.
 * Every refusal is a BadGgufError that names what was being read and the byte it stands at.
 * Typed arrays are read in the host's byte order, which is little-endian wherever JavaScript engines run today.
 */
import { BadGgufError } from '../errors.ts'
import { type NumberArray, type NumberType, numberArrays } from './metadata.ts'

// ignoreBOM keeps a leading U+FEFF in the string: it may be a token.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export class Cursor {
  readonly bytes: Uint8Array
  offset = 0
  readonly #view: DataView

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get left(): number {
    return this.bytes.length - this.offset
  }

  /** Moves `size` bytes on and returns where they start. */
  take(size: number, what: string): number {
    if (size > this.left) {
      throw this.bad(`the file ends inside ${what}: ${size} bytes wanted, ${this.left} are left`)
    }
    const at = this.offset
    this.offset += size
    return at
  }

  uint8(what: string): number {
    return this.bytes[this.take(1, what)]!
  }

  uint32(what: string): number {
    return this.#view.getUint32(this.take(4, what), true)
  }

  /** An unsigned 64-bit integer that must be exact as a number: sizes, counts and offsets are. */
  size(what: string): number {
    const at = this.take(8, what)
    const value = this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 2 ** 32
    if (!Number.isSafeInteger(value)) throw this.bad(`${what} is ${value}, more than any file holds`)
    return value
  }

  /** How many things follow, each at least `least` bytes long: checked against the bytes that are left. */
  count(what: string, least: number): number {
    const value = this.size(what)
    if (value * least > this.left) {
      throw this.bad(`${what} is ${value}, but only ${this.left} bytes are left`)
    }
    return value
  }

  string(what: string): string {
    const length = this.count(`the length of ${what}`, 1)
    const at = this.take(length, what)
    try {
      return utf8.decode(this.bytes.subarray(at, at + length))
    } catch {
      throw this.bad(`${what} is not UTF-8`)
    }
  }

  number(type: NumberType, what: string): number | bigint {
    return this.numbers(type, 1, what)[0]!
  }

  /** A copy, because the file gives its numbers no alignment. */
  numbers(type: NumberType, count: number, what: string): NumberArray {
    const ArrayType = numberArrays[type]
    const size = count * ArrayType.BYTES_PER_ELEMENT
    const at = this.take(size, what)
    // Not `bytes.slice`: a Node Buffer, which is a Uint8Array too, would share its pool.
    const copy = new Uint8Array(size)
    copy.set(this.bytes.subarray(at, at + size))
    return new ArrayType(copy.buffer)
  }

  bad(problem: string): BadGgufError {
    return new BadGgufError(`${problem} (at byte ${this.offset} of ${this.bytes.length})`)
  }
}
