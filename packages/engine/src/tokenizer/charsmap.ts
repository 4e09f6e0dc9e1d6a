/**
 * SentencePiece's precompiled normaliser (`tokenizer.ggml.precompiled_charsmap`): replacements for byte sequences, kept in
 * an XOR-compressed double array. Reads only; every index that the data give is checked when it is followed.
 * Source: sentencepiece/src/normalizer.cc; S. Kanda, Space- and time-efficient string dictionaries (2018).
 */
import { badMetadata, type Metadata } from '../gguf/metadata.ts'

const KEY = 'tokenizer.ggml.precompiled_charsmap'

/** What the longest rule that applies makes of the text at a place. */
export interface Replacement {
  /** Bytes of the text that the rule takes. */
  readonly length: number
  readonly bytes: Uint8Array
}

export type Charsmap = (text: Uint8Array, at: number) => Replacement | undefined

/** The file's rules; none when it has no such key. Throws BadGgufError, also when the function it gives meets damaged rules. */
export function readCharsmap(metadata: Metadata): Charsmap {
  const found = metadata.get(KEY)
  if (!found) return () => undefined
  if (found.type !== 'array' || (found.of !== 'uint8' && found.of !== 'int8')) {
    throw badMetadata(metadata, KEY, `${KEY} is not an array of bytes`)
  }
  const { value } = found
  const all = new Uint8Array(value.buffer, value.byteOffset, value.length)
  const view = new DataView(all.buffer, all.byteOffset, all.length)
  const size = all.length < 4 ? 0 : view.getUint32(0, true)
  if (all.length < 4 || size + 4 >= all.length)
    throw badMetadata(metadata, KEY, `${KEY} is damaged: its parts do not fit`)
  const nodes = Uint32Array.from({ length: size >> 2 }, (_, i) => view.getUint32(4 + 4 * i, true))
  const texts = all.subarray(4 + size)
  const nodeAt = (index: number): number => {
    const node = nodes[index]
    if (node === undefined)
      throw badMetadata(metadata, KEY, `${KEY} is damaged: node ${index} of ${nodes.length}`)
    return node
  }
  return (text, at) => {
    let place = -1
    let length = 0
    let index = nodes.length === 0 ? 0 : baseOf(nodeAt(0))
    for (let i = at; i < text.length && nodes.length > 0; i++) {
      const byte = text[i]!
      if (byte === 0) break
      index = (index ^ byte) >>> 0
      const node = nodeAt(index)
      // A leaf's own value has bit 31 set and so is no child of anything.
      if ((node & 0x800000ff) >>> 0 !== byte) break
      index = (index ^ baseOf(node)) >>> 0
      if ((node & 0x100) === 0) continue
      length = i + 1 - at
      place = nodeAt(index) & 0x7fffffff
    }
    if (length === 0) return undefined
    const stop = texts.indexOf(0, place)
    if (stop < 0)
      throw badMetadata(metadata, KEY, `${KEY} is damaged: a replacement at ${place} does not end`)
    return { length, bytes: texts.subarray(place, stop) }
  }
}

function baseOf(node: number): number {
  return ((node >>> 10) << ((node & 0x200) >>> 6)) >>> 0
}
