/**
 * Reads little-endian values one after the other from a window of a file, and never past the file's end.
 * Every refusal is a BadGgufError that names what was being read and the byte of the file it stands at. When a value is in
 * the file but not in the window, BeyondWindow is thrown: the caller puts a larger window in place and reads on from the
 * last commit. Typed arrays are read in the host's byte order, which is little-endian wherever JavaScript engines run today.
 */
import { BadGgufError, UnsupportedError } from '../errors.ts'
import { type NumberArray, type NumberType, numberArrays } from './metadata.ts'

// ignoreBOM keeps a leading U+FEFF in the string: it may be a token.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A vocabulary of 262,144 tokens with its merges takes some 10 MB: a header beyond this is no model's. */
const MAX_HEADER = 2 ** 28
/** What reading may hold for any file: JavaScript's strings take more room than their bytes do, and some files have no more. */
const SMALL_FILE = 2 ** 26
/** V8: a header of 16 bytes, and eight for the place that refers to it. */
const STRING_MEMORY = 24

/** Not an error: the value that was to be read ends at `end`, outside of the window. */
export class BeyondWindow {
  readonly end: number
  constructor(end: number) {
    this.end = end
  }
}

export class Cursor {
  /** Bytes of the whole file. */
  readonly size: number
  /** Place in the file of what is read next. */
  offset = 0
  #bytes: Uint8Array
  #view: DataView
  /** Place in the file of the window's first byte. */
  #start = 0
  #held = 0
  #committed = { offset: 0, held: 0 }

  /** `bytes` are the file's first ones; all of them when `size` is not given. */
  constructor(bytes: Uint8Array, size: number = bytes.length) {
    this.size = size
    this.#bytes = bytes
    this.#view = viewOf(bytes)
  }

  get left(): number {
    return this.size - this.offset
  }

  /** Where reading goes on after BeyondWindow. */
  get committed(): number {
    return this.#committed.offset
  }

  /** What was read up to here is not read again. */
  commit(): void {
    this.#committed = { offset: this.offset, held: this.#held }
  }

  /** Goes back to the last commit, with a window that begins there. */
  refill(bytes: Uint8Array): void {
    this.#bytes = bytes
    this.#view = viewOf(bytes)
    this.offset = this.#start = this.#committed.offset
    this.#held = this.#committed.held
  }

  /** Moves `size` bytes on and returns where they start in the window. */
  #take(size: number, what: string): number {
    if (size > this.left) {
      throw this.bad(
        `the file ends inside ${what}: ${size} bytes wanted, ${this.left} are left; download it again`,
      )
    }
    const at = this.offset - this.#start
    const end = this.offset + size
    if (end > MAX_HEADER) throw this.bad(`the header goes on beyond ${MAX_HEADER} bytes, inside ${what}`)
    if (at + size > this.#bytes.length) throw new BeyondWindow(end)
    this.offset = end
    return at
  }

  /**
   * Counts `bytes` of memory that something read will hold, and refuses the file when all of it would be more than the file
   * itself (or what small ones may have): a file of tiny values must not become a heap of large objects.
   */
  hold(bytes: number, what: string): void {
    this.#held += bytes
    if (this.#held <= Math.max(this.size, SMALL_FILE)) return
    throw this.bad(`${what} would take more memory than the file's ${this.size} bytes justify`)
  }

  uint8(what: string): number {
    return this.#bytes[this.#take(1, what)]!
  }

  uint32(what: string): number {
    return this.#view.getUint32(this.#take(4, what), true)
  }

  /** An unsigned 64-bit integer that must be exact as a number: sizes, counts and offsets are. */
  number64(what: string): number {
    const at = this.#take(8, what)
    const value = this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 2 ** 32
    if (!Number.isSafeInteger(value)) throw this.bad(`${what} is ${value}, more than any file holds`)
    return value
  }

  /** How many things follow, each at least `least` bytes long: checked against the bytes that are left. */
  count(what: string, least: number): number {
    const value = this.number64(what)
    if (value * least > this.left) {
      throw this.bad(`${what} is ${value}, but only ${this.left} bytes are left`)
    }
    return value
  }

  string(what: string): string {
    const length = this.count(`the length of ${what}`, 1)
    this.hold(STRING_MEMORY + length, what)
    return this.#decode(this.#take(length, what), length, what)
  }

  #decode(at: number, length: number, what: string): string {
    try {
      return utf8.decode(this.#bytes.subarray(at, at + length))
    } catch {
      throw this.bad(`${what} is not UTF-8`)
    }
  }

  /** `count` strings; a vocabulary and its merges are some hundred thousand, so nothing is made for a string but itself. */
  strings(count: number, what: string): string[] {
    const strings: string[] = []
    while (strings.length < count) {
      const at = this.offset - this.#start
      const end = this.#bytes.length
      const length = at + 8 <= end ? this.#view.getUint32(at, true) : end
      const isHere = at + 8 + length <= end && this.#view.getUint32(at + 4, true) === 0
      // What is not simply there is for the careful way, which tells what is wrong with it.
      if (!isHere || this.offset + 8 + length > MAX_HEADER) {
        strings.push(this.string(what))
        continue
      }
      this.hold(STRING_MEMORY + length, what)
      this.offset += 8 + length
      strings.push(this.#decode(at + 8, length, what))
    }
    return strings
  }

  number(type: NumberType, what: string): number | bigint {
    return this.numbers(type, 1, what)[0]!
  }

  /** A copy, because the file gives its numbers no alignment. */
  numbers(type: NumberType, count: number, what: string): NumberArray {
    const ArrayType = numberArrays[type]
    const size = count * ArrayType.BYTES_PER_ELEMENT
    this.hold(size, what)
    const at = this.#take(size, what)
    // Not `bytes.slice`: a Node Buffer, which is a Uint8Array too, would share its pool.
    const copy = new Uint8Array(size)
    copy.set(this.#bytes.subarray(at, at + size))
    return new ArrayType(copy.buffer)
  }

  bad(problem: string, offset: number = this.offset): BadGgufError {
    return new BadGgufError(`${problem} (at byte ${offset} of ${this.size})`, { offset })
  }

  unsupported(problem: string): UnsupportedError {
    return new UnsupportedError(`${problem} (at byte ${this.offset} of ${this.size})`, {
      offset: this.offset,
    })
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
