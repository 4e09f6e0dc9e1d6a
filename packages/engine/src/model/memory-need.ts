/**
 * The memory a model takes, from its header alone: the model's own code for weights, scratch and cache is run against an
 * allocator that counts and gives nothing. What the host's own objects take is estimated from measurements.
 */
import { BadOptionError } from '../errors.ts'
import { requireStrings } from '../gguf/metadata.ts'
import type { Gguf } from '../gguf/read.ts'
import { byteLength } from '../gguf/types.ts'
import { readTokenizerModel } from '../tokenizer/vocabulary.ts'
import type { Allocator } from './all-or-nothing.ts'
import { createCache } from './cache.ts'
import { type Config, readConfig } from './config.ts'
import { CHUNK, createScratch, LOGIT_ROWS } from './forward.ts'
import { LANES, PIECE } from './load.ts'
import { FIRST_POSITIONS } from './session.ts'
import { placeWeights } from './weights.ts'

export interface MemoryNeed {
  /** Positions the cache is counted for. */
  readonly contextLength: number
  readonly bytes: {
    readonly weights: number
    /** At its largest: while it grows to the whole context, the half it replaces is still there. */
    readonly cache: number
    /** Activations, the pieces of the file on their way, the vocabulary. */
    readonly scratch: number
  }
  /** Read to decode one token: all matrices and the head; and of the cache when it is full. */
  readonly bytesPerToken: number
  readonly cacheBytesPerToken: number
}

/** What a context is counted as when none is asked for: long enough for most calls, and no model's is 128 thousand by itself. */
const USUAL_CONTEXT = 4096
/**
 * Bytes of JavaScript's heap a token of the vocabulary takes, with its merges, in metadata and tokenizer: 178 of gpt-2's
 * 50,257, 197 of Llama 3's 128,256 (Node 24, heap after a collection).
 */
const VOCABULARY_BYTES = 200
/** Blocks in WebAssembly's memory begin at multiples of this. */
const ALIGNMENT = 64

/**
 * Throws BadOptionError for a context beyond what the model was trained for, and what `openModel` would throw of its header:
 * BadGgufError, UnsupportedError.
 */
export function memoryNeed({ metadata, tensors }: Gguf, contextLength?: number): MemoryNeed {
  const config = readConfig(metadata)
  readTokenizerModel(metadata)
  const vocab = requireStrings(metadata, 'tokenizer.ggml.tokens').length
  const positions = contextLength ?? Math.min(config.contextLength, USUAL_CONTEXT)
  if (!Number.isInteger(positions) || positions < 1 || positions > config.contextLength) {
    throw new BadOptionError(`contextLength is ${positions}, not 1 to ${config.contextLength}`)
  }
  const weights = new Counter()
  const { bytesPerToken } = placeWeights(tensors, config, vocab, weights).weights
  const scratch = new Counter()
  createScratch(scratch, config)
  scratch.floats(LOGIT_ROWS * vocab)
  const cacheBytes = cacheOf(config, positions)
  return {
    contextLength: positions,
    bytes: {
      weights: weights.bytes,
      cache: cacheBytes + cacheOf(config, replaced(positions)),
      scratch: scratch.bytes + kernelScratch(config) + LANES * PIECE + VOCABULARY_BYTES * vocab,
    },
    bytesPerToken,
    cacheBytesPerToken: cacheBytes,
  }
}

/** Positions of the cache that one of `positions` replaces: a session's caches double. */
function replaced(positions: number): number {
  if (positions <= FIRST_POSITIONS) return 0
  return FIRST_POSITIONS * 2 ** (Math.ceil(Math.log2(positions / FIRST_POSITIONS)) - 1)
}

function cacheOf(config: Config, positions: number): number {
  if (positions === 0) return 0
  const counter = new Counter()
  createCache(counter, config, undefined, positions)
  return counter.bytes
}

/** Activations of a chunk as the kernels pack them, with a strip of weights widened to match; in powers of two. */
function kernelScratch({ dim, hiddenDim, heads, headDim }: Config): number {
  const widest = Math.max(dim, hiddenDim, heads * headDim)
  return 2 ** Math.ceil(Math.log2(2 * CHUNK * widest * 4))
}

class Counter implements Allocator {
  bytes = 0

  floats: Allocator['floats'] = (length) => {
    this.#add(4 * length)
    const view = new Float32Array(0)
    const floats = { length, view: () => view, at: () => floats, free: () => {} }
    return floats
  }

  weight: Allocator['weight'] = (type, rows, cols) => {
    this.#add(byteLength(type, rows * cols))
    return { type, rows, cols, write: () => {}, room: () => undefined, free: () => {} }
  }

  layerCache: Allocator['layerCache'] = (positions, { kvHeads, headDim }) => {
    // Whole fours of positions, as the wasm backend keeps them.
    this.#add(4 * kvHeads * headDim * 4 * Math.ceil(positions / 4))
    return { positions, read: () => {}, write: () => {}, free: () => {} }
  }

  #add(bytes: number): void {
    this.bytes += Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT)
  }
}
