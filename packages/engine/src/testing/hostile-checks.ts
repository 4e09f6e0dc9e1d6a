/**
 * What must hold of any bytes whatever: they are read, or refused with a typed error that names the byte; the same from
 * memory and by range; and reading asks for no more memory than twice the file.
 */

import { BadGgufError, EngineError, UnsupportedError } from '../errors.ts'
import { generate } from '../generate/generate.ts'
import { type Gguf, readGguf, readGgufFrom } from '../gguf/read.ts'
import { openModel } from '../model/model.ts'
import { memorySource } from '../source/memory-source.ts'
import { countBuffers } from './count-buffers.ts'

/** Codes that a damaged model may end with. Out of memory is none of them: what is asked for is bounded by the file. */
const REFUSALS = ['bad_gguf', 'unsupported', 'numeric', 'context_length_exceeded']

/** So small that most headers run out of it several times. */
const WINDOW = 300

/** Whether the header was read. Throws when anything but a reading or a good refusal comes of it. */
export async function checkHeader(bytes: Uint8Array): Promise<boolean> {
  const counted = await countBuffers(async () => {
    const direct = attempt(() => readGguf(bytes))
    const ranged = await readGgufFrom(memorySource(bytes), undefined, WINDOW).catch((error: unknown) => error)
    return { direct, ranged }
  })
  const { direct, ranged } = counted.result
  // Two readings, each at most twice the file; small ones have their few objects.
  if (counted.bytes > 4 * bytes.length + 4096) {
    throw new Error(`a file of ${bytes.length} bytes made reading it ask for ${counted.bytes}`)
  }
  if (direct instanceof Error || ranged instanceof Error) {
    if (!(direct instanceof Error) || !(ranged instanceof Error))
      throw new Error('read one way and refused the other')
    if (direct.message !== ranged.message)
      throw new Error(`two refusals: ${direct.message} / ${ranged.message}`)
    checkRefusal(direct, bytes.length)
    return false
  }
  const { tensors } = direct as Gguf
  for (const { name, offset, size, rows, cols } of tensors.values()) {
    if (!(offset >= 24 && size > 0 && offset + size <= bytes.length && rows * cols > 0)) {
      throw new Error(`tensor ${name} is said to be at ${offset}, ${size} bytes of ${bytes.length}`)
    }
  }
  return true
}

/** Opens the model and runs one token; whether that worked. Throws as checkHeader. */
export async function checkModel(bytes: Uint8Array, backend: 'wasm' | 'reference'): Promise<boolean> {
  try {
    using model = await openModel(bytes, { backend })
    for await (const _ of generate(model, [0, 1], { maxTokens: 1, temperature: 0, stopTokens: [] }));
    return true
  } catch (error) {
    if (!(error instanceof EngineError) || !REFUSALS.includes(error.code)) throw error
    if (error instanceof BadGgufError) checkRefusal(error, bytes.length)
    return false
  }
}

function attempt(run: () => Gguf): unknown {
  try {
    return run()
  } catch (error) {
    return error
  }
}

function checkRefusal(error: Error, size: number): void {
  if (!(error instanceof BadGgufError || error instanceof UnsupportedError)) throw error
  const { offset, message } = error
  if (offset === undefined || offset < 0 || offset > size || !message.includes(`at byte ${offset}`)) {
    throw new Error(`a refusal that names no byte of the file: ${message} (${offset})`, { cause: error })
  }
}
