/**
 * Large files of nothing but tiny values, each of which is a larger thing in memory; run with a heap of about the file's size:
 *   node --conditions=edgewise-source --max-old-space-size=… hostile-heaps.ts <bytes>
 * Prints a line of JSON a file: what came of it, and the most buffers there were meanwhile.
 */
import { readGgufFrom } from '../gguf/read.ts'
import type { ByteSource } from '../source/source.ts'

const size = Number(process.argv[2])

/** A file that is its beginning and then the same few bytes over and over. */
interface Repeating {
  readonly what: string
  readonly tensors: number
  readonly pairs: number
  /** Between the counts and what repeats. */
  readonly lead: Uint8Array
  readonly unit: (index: number) => Uint8Array
}

function bytes(...parts: (string | { u32: number } | { u64: number })[]): Uint8Array {
  const pieces = parts.map((part) => {
    if (typeof part === 'string') return Buffer.from(part)
    const buffer = Buffer.alloc('u32' in part ? 4 : 8)
    if ('u32' in part) buffer.writeUInt32LE(part.u32)
    else buffer.writeBigUInt64LE(BigInt(part.u64))
    return buffer
  })
  return new Uint8Array(Buffer.concat(pieces))
}

const lead = (of: number, unit: number): Uint8Array =>
  bytes({ u64: 1 }, 'k', { u32: 9 }, { u32: of }, { u64: Math.floor((size - 64) / unit) })
const name = (index: number): string => index.toString(36).padStart(5, '0')
const same = (unit: Uint8Array) => (): Uint8Array => unit
const string = (text: string): Uint8Array => bytes({ u64: text.length }, text)

const files: readonly Repeating[] = [
  { what: 'flags', tensors: 0, pairs: 1, lead: lead(7, 1), unit: same(Uint8Array.of(1)) },
  { what: 'empty strings', tensors: 0, pairs: 1, lead: lead(8, 8), unit: same(string('')) },
  { what: 'short strings', tensors: 0, pairs: 1, lead: lead(8, 13), unit: (index) => string(name(index)) },
  {
    what: 'empty arrays',
    tensors: 0,
    pairs: 1,
    lead: lead(9, 12),
    unit: same(bytes({ u32: 0 }, { u64: 0 })),
  },
  {
    what: 'pairs',
    tensors: 0,
    pairs: Math.floor((size - 64) / 18),
    lead: new Uint8Array(0),
    unit: (index) => bytes({ u64: 5 }, name(index), { u32: 0 }, '\x01'),
  },
  {
    what: 'tensors',
    tensors: Math.floor((size - 64) / 37),
    pairs: 0,
    lead: new Uint8Array(0),
    unit: (index) => bytes({ u64: 5 }, name(index), { u32: 1 }, { u64: 1 }, { u32: 0 }, { u64: 32 * index }),
  },
]

function sourceOf({ what, tensors, pairs, lead, unit }: Repeating, onRead: () => void): ByteSource {
  const start = Buffer.concat([bytes('GGUF', { u32: 3 }, { u64: tensors }, { u64: pairs }), lead])
  const length = unit(0).length
  return {
    name: what,
    size,
    async read(into, at) {
      const head = start.subarray(at, at + into.length)
      into.set(head)
      for (let done = head.length; done < into.length; ) {
        const place = at + done - start.length
        const rest = unit(Math.floor(place / length)).subarray(place % length)
        into.set(rest.subarray(0, into.length - done), done)
        done += rest.length
      }
      onRead()
    },
  }
}

for (const file of files) {
  let buffers = 0
  const onRead = (): void => {
    buffers = Math.max(buffers, process.memoryUsage().arrayBuffers)
  }
  const outcome = await readGgufFrom(sourceOf(file, onRead)).then(
    () => 'read',
    (error: { code?: string; message: string }) => `${error.code}: ${error.message}`,
  )
  console.log(JSON.stringify({ what: file.what, outcome, buffers }))
}
