/**
 * A beginning of a text and its keys and values as bytes that can be kept: written, and read back with suspicion. Nothing
 * of a file is used before all of it was checked; one that is refused is told by its problem and is not an error.
 *
 * Little-endian: 0 "EWPREFIX", 8 version, 12 tokens, 16 planes, 20 bytes of a row, 24 "f16\0" (the type of keys and
 * values), 28 fingerprint of the model (32 bytes, fingerprint.ts), 60 the tokens (u32 each), then their bytes
 * (kv-bytes.ts), then SHA-256 of all before (32 bytes).
 */
import { type KvLayout, positionBytes } from './kv-bytes.ts'

const MAGIC = 'EWPREFIX'
/** Of the format, and of the arithmetic that made the bytes: another one's keys are not this one's. */
const VERSION = 1
const KV_TYPE = 'f16\0'
const HEAD = 60
export const DIGEST_BYTES = 32

export interface Snapshot {
  readonly tokens: readonly number[]
  readonly kv: Uint8Array
}

/** Whose snapshot it is. */
export interface SnapshotOwner {
  /** 32 bytes. */
  readonly fingerprint: Uint8Array
  readonly layout: KvLayout
  /** Tokens are below it. */
  readonly vocab: number
}

/**
 * Why bytes are not used: they are something else, of another version of this format, of another size than they say, of
 * another model, of the same model with another cache, or not what was written.
 */
export type SnapshotProblem =
  | 'not_a_prefix'
  | 'other_version'
  | 'bad_size'
  | 'other_model'
  | 'other_cache'
  | 'damaged'

/** Throws RangeError where the host has no memory for it. */
export async function writeSnapshot(
  { tokens, kv }: Snapshot,
  { fingerprint, layout }: SnapshotOwner,
): Promise<Uint8Array<ArrayBuffer>> {
  const body = HEAD + 4 * tokens.length + kv.length
  const bytes = new Uint8Array(body + DIGEST_BYTES)
  const view = new DataView(bytes.buffer)
  bytes.set(ascii(MAGIC))
  const fields = [VERSION, tokens.length, layout.planes, layout.row]
  for (const [i, value] of fields.entries()) view.setUint32(8 + 4 * i, value, true)
  bytes.set(ascii(KV_TYPE), 24)
  bytes.set(fingerprint, 28)
  for (const [i, token] of tokens.entries()) view.setUint32(HEAD + 4 * i, token, true)
  bytes.set(kv, HEAD + 4 * tokens.length)
  bytes.set(await sha256(bytes.subarray(0, body)), body)
  return bytes
}

/** `kv` is a part of `bytes`, not a copy. */
export async function readSnapshot(
  bytes: Uint8Array<ArrayBuffer>,
  { fingerprint, layout, vocab }: SnapshotOwner,
): Promise<Snapshot | SnapshotProblem> {
  if (bytes.length < HEAD + DIGEST_BYTES || !startsWith(bytes, ascii(MAGIC))) return 'not_a_prefix'
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const field = (at: number): number => view.getUint32(at, true)
  if (field(8) !== VERSION) return 'other_version'
  if (!startsWith(bytes.subarray(28), fingerprint)) return 'other_model'
  const isLaidOut = field(16) === layout.planes && field(20) === layout.row
  if (!isLaidOut || !startsWith(bytes.subarray(24), ascii(KV_TYPE))) return 'other_cache'
  const count = field(12)
  const body = HEAD + count * (4 + positionBytes(layout))
  if (count === 0 || body + DIGEST_BYTES !== bytes.length) return 'bad_size'
  if (!startsWith(bytes.subarray(body), await sha256(bytes.subarray(0, body)))) return 'damaged'
  const tokens = Array.from({ length: count }, (_, i) => field(HEAD + 4 * i))
  if (tokens.some((token) => token >= vocab)) return 'damaged'
  return { tokens, kv: bytes.subarray(HEAD + 4 * count, body) }
}

export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
}

const ascii = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return start.every((byte, i) => bytes[i] === byte)
}
