/**
 * Whether a device can run a model and how fast, told from the model's header: before anything is downloaded.
 * Memory is counted by the engine's own layout (model/memory-need.ts). Speed is the roof of decoding, read bandwidth over
 * bytes a token, times the share of the roof that was measured (roof-share.ts).
 */
import { BadGgufError, UnsupportedError } from './errors.ts'
import type { Gguf } from './gguf/read.ts'
import { type TensorType, tensorTypes } from './gguf/types.ts'
import { type MemoryNeed, memoryNeed } from './model/memory-need.ts'
import { cacheShare, type Interval, roofShares } from './roof-share.ts'

export interface Device {
  /** Bytes a model may take (`offeredMemory()`); undefined when nobody knows. */
  readonly memoryBytes: number | undefined
  /** 10^9 bytes one thread reads a second from memory (`measureReadBandwidth()`). */
  readonly readGbPerSecond: number
}

export interface CanRun {
  readonly fits: boolean
  readonly needBytes: MemoryNeed['bytes']
  readonly offerBytes: number
  /** Positions the cache was counted for; 0 when the engine does not have what the model needs. */
  readonly contextLength: number
  /** One text at a time; undefined when the engine does not have what the model needs. */
  readonly tokensPerSecond: Interval | undefined
  /** For people: "needs 1.9 GB, this device offers 1.2 GB: try q4_0, or route the task to the cloud". */
  readonly why: string
}

/** WebAssembly's addresses have 32 bits. */
const WASM_BYTES = 2 ** 32
/** What a file may be quantised to, largest first: the types of `edgewise quantize` that every machine runs well. */
const SMALLER: readonly TensorType[] = ['q8_0', 'q6_k', 'q5_k', 'q4_0', 'q3_k', 'q2_k']
/** A context shorter than this is no advice. */
const LEAST_CONTEXT = 512

/**
 * `model` is a header from `readGguf` or `readGgufFrom`. Throws BadOptionError for a context beyond what the model was trained
 * for; a model the engine does not support does not fit, and `why` says what it lacks.
 */
export function canRun(
  model: Gguf,
  device: Device,
  options: { readonly contextLength?: number | undefined } = {},
): CanRun {
  const offerBytes = Math.min(device.memoryBytes ?? WASM_BYTES, WASM_BYTES)
  let need: MemoryNeed
  try {
    need = memoryNeed(model, options.contextLength)
  } catch (error) {
    if (!(error instanceof UnsupportedError || error instanceof BadGgufError)) throw error
    const weights = [...model.tensors.values()].reduce((sum, { size }) => sum + size, 0)
    const needBytes = { weights, cache: 0, scratch: 0 }
    return {
      fits: false,
      needBytes,
      offerBytes,
      contextLength: 0,
      tokensPerSecond: undefined,
      why: error.message,
    }
  }
  const total = sum(need)
  const fits = total <= offerBytes
  const tokensPerSecond = speed(model, need, device)
  const asks = `needs ${gigabytes(total)} with ${need.contextLength} positions, ${offered(device)}`
  return {
    fits,
    needBytes: need.bytes,
    offerBytes,
    contextLength: need.contextLength,
    tokensPerSecond,
    why: fits ? `${asks}: ${perSecond(tokensPerSecond)}` : `${asks}: ${advice(model, need, offerBytes)}`,
  }
}

function sum({ bytes }: MemoryNeed): number {
  return bytes.weights + bytes.cache + bytes.scratch
}

/** `low` reads a full cache with every token, `high` none of it. */
function speed(model: Gguf, need: MemoryNeed, { readGbPerSecond }: Device): Interval {
  const seconds = (share: keyof Interval, cacheBytes: number): number => {
    let roofs = cacheBytes / cacheShare[share]
    for (const [type, bytes] of bytesByType(model)) roofs += bytes / roofShares[type][share]
    return roofs / (readGbPerSecond * 1e9)
  }
  return {
    low: 1 / seconds('low', need.cacheBytesPerToken),
    likely: 1 / seconds('likely', need.cacheBytesPerToken / 2),
    high: 1 / seconds('high', 0),
  }
}

/** Bytes of each type that a token reads: all matrices, the embedding only where it is the head, too. */
function bytesByType({ tensors }: Gguf): Map<TensorType, number> {
  const bytes = new Map<TensorType, number>()
  for (const { name, type, rows, size } of tensors.values()) {
    if (rows === 1 || (name === 'token_embd.weight' && tensors.has('output.weight'))) continue
    bytes.set(type, (bytes.get(type) ?? 0) + size)
  }
  return bytes
}

function advice(model: Gguf, need: MemoryNeed, offer: number): string {
  const cloud = 'route the task to the cloud'
  for (
    let context = need.contextLength;
    context >= LEAST_CONTEXT;
    context = 2 ** Math.ceil(Math.log2(context) - 1)
  ) {
    if (sum(memoryNeed(model, context)) <= offer) return `try a context of ${context}, or ${cloud}`
  }
  const { weights, cache, scratch } = need.bytes
  const numbers = [...model.tensors.values()].reduce((count, { rows, cols }) => count + rows * cols, 0)
  const bytesAs = (type: TensorType): number => (numbers * tensorTypes[type].bytes) / tensorTypes[type].block
  const type = SMALLER.find((type) => bytesAs(type) < weights && bytesAs(type) + cache + scratch <= offer)
  return type ? `try ${type}, or ${cloud}` : `try a smaller model, or ${cloud}`
}

function offered({ memoryBytes }: Device): string {
  if (memoryBytes === undefined) {
    return `this host does not tell its memory, and WebAssembly has ${gigabytes(WASM_BYTES)}`
  }
  if (memoryBytes <= WASM_BYTES) return `this device offers ${gigabytes(memoryBytes)}`
  return `of this device's memory WebAssembly can take ${gigabytes(WASM_BYTES)}`
}

function perSecond({ low, likely, high }: Interval): string {
  const digits = likely < 10 ? 1 : 0
  const show = (speed: number): string => speed.toFixed(digits)
  return `about ${show(likely)} tokens a second (${show(low)} to ${show(high)})`
}

function gigabytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}
