/**
 * One growing WebAssembly memory and an allocator over it: first fit, 64-byte alignment, neighbours merged on free.
 * Addresses are plain numbers below 2^32; address 0 is never handed out. Contents are the caller's business, except
 * that `allocate(bytes, true)` gives zeroed memory. One thread allocates, also where others share the memory; nothing here
 * moves a block.
 */
import { OutOfMemoryError } from '../../errors.ts'

const pageBytes = 65_536
const maximumPages = 65_536
const alignment = 64
/** Growing detaches every view, so it is done in steps of at least 1 MiB. */
const growthPages = 16

interface Span {
  start: number
  end: number
}

export interface MemoryOptions {
  /** The most it may grow to: at most and usually 65,536 (4 GiB). */
  readonly limitPages?: number
  /** Whether other threads may be given it. */
  readonly shared?: boolean
}

export class LinearMemory {
  readonly memory: WebAssembly.Memory
  readonly isShared: boolean
  /** Free spans in order of address, never touching each other. */
  readonly #free: Span[] = []
  readonly #sizes: Map<number, number> = new Map()
  /** Everything at and above this address has never been handed out, so it is still zero. */
  #untouched: number = alignment
  #held = 0

  constructor({ limitPages = maximumPages, shared = false }: MemoryOptions = {}) {
    this.memory = newMemory(limitPages, shared)
    this.isShared = shared
    this.#free.push({ start: alignment, end: pageBytes })
  }

  /** Bytes handed out at present, rounded up to the alignment. */
  get held(): number {
    return this.#held
  }

  /** The address of `bytes` bytes. Throws OutOfMemoryError. */
  allocate(bytes: number, zeroed = false): number {
    const size = Math.max(alignment, Math.ceil(bytes / alignment) * alignment)
    let index = this.#free.findIndex((span) => span.end - span.start >= size)
    if (index < 0) {
      this.#grow(size, bytes)
      index = this.#free.length - 1
    }
    const span = this.#free[index]!
    const address = span.start
    span.start += size
    if (span.start === span.end) this.#free.splice(index, 1)
    this.#sizes.set(address, size)
    this.#held += size
    const end = address + size
    if (zeroed && address < this.#untouched) {
      // V8 fills memory that threads share number by number: eight bytes at once take a tenth of the time.
      new Float64Array(this.memory.buffer, address, (Math.min(end, this.#untouched) - address) / 8).fill(0)
    }
    this.#untouched = Math.max(this.#untouched, end)
    return address
  }

  /** Gives a block back; an address that is not a block's start is a mistake of this package and throws RangeError. */
  release(address: number): void {
    const size = this.#sizes.get(address)
    if (size === undefined) throw new RangeError(`no block starts at address ${address}`)
    this.#sizes.delete(address)
    this.#held -= size
    this.#addFree(address, address + size)
  }

  #addFree(start: number, end: number): void {
    const free = this.#free
    let index = free.findIndex((span) => span.start >= end)
    if (index < 0) index = free.length
    const before = free[index - 1]
    const after = free[index]
    const joinsBefore = before?.end === start
    const joinsAfter = after?.start === end
    if (joinsBefore && joinsAfter) {
      before.end = after.end
      free.splice(index, 1)
    } else if (joinsBefore) before.end = end
    else if (joinsAfter) after.start = start
    else free.splice(index, 0, { start, end })
  }

  #grow(size: number, asked: number): void {
    const present = this.memory.buffer.byteLength
    const last = this.#free.at(-1)
    const tail = last?.end === present ? present - last.start : 0
    const needed = Math.ceil((size - tail) / pageBytes)
    // A memory that cannot grow by a whole step may still grow by what is needed.
    for (const pages of [Math.max(needed, growthPages), needed]) {
      if (pages > maximumPages) continue
      try {
        this.memory.grow(pages)
        this.#addFree(present, present + pages * pageBytes)
        return
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
      }
    }
    throw new OutOfMemoryError(
      `the host gave no memory for ${asked} bytes on top of the ${this.#held} held: close other models, ` +
        'take a smaller one or a shorter context',
    )
  }
}

/** Memory for one call's intermediate values; the next call overwrites it. Grows in powers of two, never shrinks. */
export class Scratch {
  readonly #memory: LinearMemory
  #bytes = 65_536
  #address: number

  constructor(memory: LinearMemory) {
    this.#memory = memory
    this.#address = memory.allocate(this.#bytes)
  }

  /** The address of at least `bytes` bytes. Throws OutOfMemoryError. */
  at(bytes: number): number {
    if (bytes > this.#bytes) {
      const grown = 2 ** Math.ceil(Math.log2(bytes))
      const address = this.#memory.allocate(grown)
      this.#memory.release(this.#address)
      this.#address = address
      this.#bytes = grown
    }
    return this.#address
  }
}

function newMemory(maximum: number, shared: boolean): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum, shared })
  } catch (cause) {
    const message = 'the host gave no memory to start with (0 bytes held): close other models or tabs'
    throw new OutOfMemoryError(message, { cause })
  }
}
