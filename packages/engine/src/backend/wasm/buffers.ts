/** The handles a WASM backend gives out: where in its memory some floats or a matrix are. They do not compute. */
import { BadOptionError, DisposedError } from '../../errors.ts'
import { byteLength, type TensorType } from '../../gguf/types.ts'
import type { Floats, Weight } from '../backend.ts'
import type { LinearMemory } from './memory.ts'

/** The backend as its handles see it; `memory` is gone after dispose, so that a kept handle does not keep it alive. */
export interface Owner {
  memory: LinearMemory | undefined
}

/** An allocated block that several `Floats` may look at. */
export interface Block {
  readonly owner: Owner
  readonly address: number
  freed: boolean
}

export class WasmFloats implements Floats {
  readonly block: Block
  readonly address: number
  readonly length: number
  constructor(block: Block, address: number, length: number) {
    this.block = block
    this.address = address
    this.length = length
  }

  view(): Float32Array {
    const { memory } = this.block.owner
    if (!memory) throw new DisposedError('backend')
    if (this.block.freed) throw new DisposedError('buffer of floats')
    return new Float32Array(memory.memory.buffer, this.address, this.length)
  }

  at(offset: number, length: number): Floats {
    if (!(offset >= 0 && length >= 0 && offset + length <= this.length)) {
      throw new BadOptionError(
        `a part of ${length} floats at ${offset} is not within the ${this.length} there are`,
      )
    }
    return new WasmFloats(this.block, this.address + offset * 4, length)
  }

  /** A second call, or one after the backend's dispose, does nothing. */
  free(): void {
    const { block } = this
    if (this.address !== block.address) {
      throw new BadOptionError('a part of a buffer cannot be freed: free the whole it came from')
    }
    if (block.freed) return
    block.freed = true
    block.owner.memory?.release(block.address)
  }
}

export interface WeightPlace {
  readonly owner: Owner
  readonly address: number
  /** Number of its kernels, as `Products` counts them. */
  readonly product: number
  freed: boolean
}

export class WasmWeight implements Weight {
  readonly type: TensorType
  readonly rows: number
  readonly cols: number
  readonly place: WeightPlace
  constructor(type: TensorType, rows: number, cols: number, place: WeightPlace) {
    this.type = type
    this.rows = rows
    this.cols = cols
    this.place = place
  }

  write(offset: number, bytes: Uint8Array): void {
    this.#room(offset, bytes.length).set(bytes)
  }

  /** Memory that threads share stays where it is when it grows. */
  room(offset: number, length: number): Uint8Array | undefined {
    const room = this.#room(offset, length)
    return this.place.owner.memory?.isShared ? room : undefined
  }

  #room(offset: number, length: number): Uint8Array {
    const { owner, address, freed } = this.place
    if (!owner.memory) throw new DisposedError('backend')
    if (freed) throw new DisposedError('weight')
    const size = byteLength(this.type, this.rows * this.cols)
    if (!(offset >= 0 && offset + length <= size)) {
      throw new BadOptionError(`${length} bytes at ${offset} are not within the ${size} of the matrix`)
    }
    return new Uint8Array(owner.memory.memory.buffer, address + offset, length)
  }

  /** A second call, or one after the backend's dispose, does nothing. */
  free(): void {
    const { place } = this
    if (place.freed) return
    place.freed = true
    place.owner.memory?.release(place.address)
  }
}
