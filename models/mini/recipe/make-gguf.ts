/**
 * The recipe's last step: an exported checkpoint folder to the GGUF file that ships, with a linear head for the intents in it, which is
 * trained here on the same sentences.
 *
 *     node --conditions=edgewise-source models/mini/recipe/make-gguf.ts FOLDER OUT.gguf [q8_0|q4_0|f16|f32]
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { argv, exit } from 'node:process'
import { trainLinear } from '@edgewise/student/linear'
import { convert, type FileType, fileTypes } from '../src/convert.ts'

const [folder, out, type = 'q8_0'] = argv.slice(2)
if (!folder || !out || !(type in fileTypes)) {
  console.error(`usage: make-gguf.ts FOLDER OUT.gguf [${Object.keys(fileTypes).join('|')}]`)
  exit(2)
}
const json = async (name: string) => JSON.parse(await readFile(join(folder, name), 'utf8'))
const sentences = (await readFile(join(folder, 'intents.jsonl'), 'utf8')).trimEnd().split('\n')
const head = await trainLinear(
  sentences.map((line) => JSON.parse(line)),
  { outOfScopeLabel: 'oos' },
)
const bytes = convert(
  {
    config: await json('config.json'),
    tokenizer: await json('tokenizer.json'),
    tokenizerConfig: await json('tokenizer_config.json'),
    words: await json('words.json'),
    intents: head.bytes() as Uint8Array<ArrayBuffer>,
    weights: await readFile(join(folder, 'model.safetensors')),
  },
  type as FileType,
)
await writeFile(out, bytes)
console.log(`${out}: ${(bytes.length / 1e6).toFixed(2)} MB, ${type}`)
