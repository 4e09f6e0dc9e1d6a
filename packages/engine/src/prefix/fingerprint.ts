/**
 * What tells a model's keys and values from any other's: its metadata, its tensors' names, types and shapes, samples of
 * its weights, and the backend whose arithmetic they come from. Two files with one fingerprint are one model, unless
 * somebody made them to look so.
 */
import type { MetadataValue } from '../gguf/metadata.ts'
import type { Model } from '../model/model.ts'
import { sha256 } from './snapshot.ts'

/** 32 bytes. */
export async function fingerprint(model: Model): Promise<Uint8Array<ArrayBuffer>> {
  const { metadata, tensors, weightSum, backend } = model
  const facts = [
    backend.name,
    weightSum,
    [...tensors.values()].map(({ name, type, dims }) => [name, type, dims]),
    [...metadata].map(([key, value]) => [key, plain(value)]),
  ]
  return sha256(new TextEncoder().encode(JSON.stringify(facts)))
}

/** A value as JSON can hold it, with its type. */
function plain({ type, value }: MetadataValue): unknown {
  if (type === 'array' && Array.isArray(value)) {
    return value.map((item) => (typeof item === 'object' ? plain(item) : item))
  }
  return type === 'array' ? Array.from(value as ArrayLike<number | bigint>, String) : [type, String(value)]
}
