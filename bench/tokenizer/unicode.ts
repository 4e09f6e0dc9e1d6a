/**
 * Holds packages/engine/src/tokenizer/unicode-kinds.ts to llama.cpp's own table: the flags of every code point, asked of the
 * library (unicode_cpt_flags_from_cpt, a C++ function that it exports). Prints the table again when they differ.
 *   cd bench && npm install --no-save && node tokenizer/unicode.ts
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import koffi from 'koffi'
import { kinds, kindTable } from '../../packages/engine/src/tokenizer/unicode-kinds.ts'
import { loadLlama } from '../peers/llama-c.ts'

/** `unicode_cpt_flags` of llama.cpp's unicode.h; a white space is asked for first. */
const flagOf = [
  [0x100, 'space', 'W'],
  [0x4, 'letter', 'L'],
  [0x2, 'number', 'N'],
  [0x10, 'mark', 'M'],
  [0x20, 'punctuation', 'P'],
  [0xffff, 'other', 'O'],
] as const

// The other libraries that this one needs are loaded with it.
const { version } = loadLlama()
const folder = fileURLToPath(
  new URL('../node_modules/@node-llama-cpp/linux-x64/bins/linux-x64/', import.meta.url),
)
const file = readdirSync(folder).find((name) => name.startsWith('libllama.'))!
const flags = koffi.load(join(folder, file)).func('_Z26unicode_cpt_flags_from_cptj', 'uint16_t', ['uint32_t'])

let differing = 0
let runs = ''
let run = { letter: '', length: 0 }
const close = (): void => {
  if (run.length > 0) runs += run.letter + (run.length > 1 ? run.length.toString(36) : '')
}
for (let point = 0; point < 0x110000; point++) {
  const bits: number = flags(point)
  const [, kind, letter] = flagOf.find(([flag]) => (bits & flag) !== 0)!
  if (kinds[kind] !== kindTable()[point]) differing++
  if (run.letter !== letter) {
    close()
    run = { letter, length: 0 }
  }
  run.length++
}
if (differing > 0) {
  console.log(runs.replaceAll(/.{1,100}/g, "  '$&' +\n"))
  process.exitCode = 1
}
console.log(`${differing} of 1,114,112 code points are of another kind than in ${version}`)
