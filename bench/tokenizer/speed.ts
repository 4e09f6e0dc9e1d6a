/**
 * Whether @huggingface/tokenizers, fed from the same GGUF metadata, would do the tokenizers' work: how often its ids differ
 * from llama.cpp's on hard texts, and the time of all three to load a vocabulary and to encode; then a megabyte of each text
 * that makes tokenizers slow. Vocabularies are those of ../../shared/vocab and those given.
 *   cd bench && npm install --no-save && node --expose-gc tokenizer/speed.ts [vocabulary.gguf ...]
 * Run it on a machine that does nothing else: the line under the tables tells the load it saw.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers'
import { findString, type Metadata } from '../../packages/engine/src/gguf/metadata.ts'
import { readGguf } from '../../packages/engine/src/gguf/read.ts'
import { writeGguf } from '../../packages/engine/src/gguf/write.ts'
import { Tokenizer } from '../../packages/engine/src/tokenizer/tokenizer.ts'
import { loadLlama, openLlama } from '../peers/llama-c.ts'
import { huggingFaceJson } from './hf.ts'
import { hardTexts } from './texts.ts'
import { asSentencePiece, sharedVocabularies } from './vocabularies.ts'

const rounds = 5
const hardCount = 2000
const root = fileURLToPath(new URL('../../', import.meta.url))
const before = loadavg()[0]!
const folder = mkdtempSync(join(tmpdir(), 'edgewise-tokenizer-'))

/** The sources and documents of this project, and many languages in little order. */
const corpora = {
  'sources and documents': files(root)
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n')
    .slice(0, 1 << 20),
  'hard texts': hard(5, 4000).join(' '),
}

const million = 1_000_000
const attacks = {
  'one letter': 'a'.repeat(million),
  'ten letters': 'abcdefghij'.repeat(million / 10),
  spaces: ' '.repeat(million),
  newlines: '\n'.repeat(million),
  'space, tab': ' \t'.repeat(million / 2),
  digits: '1234567890'.repeat(million / 10),
  apostrophes: "'".repeat(million),
  brackets: '<'.repeat(million),
  emoji: '😀'.repeat(million / 4),
  families: '👩‍👩‍👧'.repeat(million / 18),
  ideographs: Array.from({ length: million / 3 }, (_, i) =>
    String.fromCharCode(0x4e00 + ((i * 7919) % 20_000)),
  ).join(''),
}

for (const path of [...sharedVocabularies(), ...process.argv.slice(2)]) {
  const { metadata } = readGguf(readFileSync(path))
  const isGemma4 = findString(metadata, 'tokenizer.ggml.model') === 'gemma4'
  // The variants share their speed; the second is what Gemma 3 looks like.
  if (!isGemma4) await compare(basename(path), path, metadata)
  else {
    const [variant, changed] = asSentencePiece(metadata)[1]!
    const file = join(folder, 'vocabulary.gguf')
    writeFileSync(file, writeGguf({ metadata: changed, tensors: [] }))
    await compare(`${basename(path)} ${variant}`, file, changed)
  }
}
rmSync(folder, { recursive: true })
console.log(
  `\nMedians of ${rounds} interleaved rounds; each encoder has seen the text before. ${cpus()[0]?.model}, Node ` +
    `${process.versions.node}, ${loadLlama().version}. Load average ${before.toFixed(2)} before, ${loadavg()[0]!.toFixed(2)} after.`,
)

async function compare(name: string, path: string, metadata: Metadata): Promise<void> {
  const ours = await Tokenizer.open(metadata)
  using model = openLlama(path, { vocabOnly: true })
  const json = huggingFaceJson(metadata)
  console.log(`\n## ${name}: ${ours.size} tokens\n`)
  console.log('| | Edgewise | @huggingface/tokenizers | llama.cpp |\n|---|---|---|---|')
  const theirs = json && new HuggingFaceTokenizer(json, {})
  const encoders = [
    (text: string) => ours.encode(text),
    theirs && ((text: string) => theirs.encode(text, { add_special_tokens: false }).ids),
    (text: string) => model.tokenize(text),
  ]
  const loads = await times([
    () => Tokenizer.open(metadata),
    json && (() => new HuggingFaceTokenizer(huggingFaceJson(metadata)!, {})),
    () => openLlama(path, { vocabOnly: true })[Symbol.dispose](),
  ])
  row('load, ms (llama.cpp: with reading the file)', loads, (ms) => ms.toFixed(0))
  row('memory held, MB', [await held(() => Tokenizer.open(metadata))], (mb) => mb.toFixed(1))
  const texts = hard(9, hardCount)
  const expected = texts.map((text) => model.tokenize(text).join())
  const wrong = encoders.slice(0, 2).map((encode) => {
    return encode && texts.filter((text, i) => encode(text).join() !== expected[i]).length
  })
  row(`of ${hardCount} hard texts with other ids`, [...wrong, 0], String)
  for (const [name, text] of Object.entries(corpora)) {
    const count = model.tokenize(text).length
    const found = await times(encoders.map((encode) => encode && (() => encode(text))))
    row(`${name}, ${megabytes(text)} MB, million tokens/s`, found, (ms) => (count / ms / 1000).toFixed(2))
  }
  for (const [name, text] of Object.entries(attacks)) {
    const began = performance.now()
    const back = ours.decode(ours.encode(text)) === text
    row(`${name}, ${megabytes(text)} MB, ms there and back`, [performance.now() - began], (ms) => {
      return `${ms.toFixed(0)}${back ? '' : ' (differs)'}`
    })
  }
}

function row<T>(label: string, values: readonly (T | undefined)[], write: (value: T) => string): void {
  const cells = [0, 1, 2].map((i) => (values[i] === undefined ? '' : write(values[i])))
  console.log(`| ${label} | ${cells.join(' | ')} |`)
}

/** The median time of each, in ms. */
async function times(all: readonly ((() => unknown) | undefined)[]): Promise<(number | undefined)[]> {
  const found = all.map((): number[] => [])
  for (let round = 0; round < rounds; round++) {
    for (const [i, run] of all.entries()) {
      if (!run) continue
      const began = performance.now()
      const result = run()
      if (result instanceof Promise) await result
      found[i]!.push(performance.now() - began)
    }
  }
  return found.map((list) => list.sort((a, b) => a - b)[list.length >> 1])
}

function hard(seed: number, count: number): string[] {
  const next = hardTexts(seed, [])
  return Array.from({ length: count }, () => next().toWellFormed())
}

/** What stays in memory of what `make` makes. */
async function held(make: () => Promise<unknown>): Promise<number | undefined> {
  const { gc } = globalThis as { gc?: () => void }
  if (!gc) return undefined
  const used = (): number => {
    gc()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  const before = used()
  const kept = await make()
  const after = used()
  return kept ? (after - before) / 1e6 : undefined
}

function megabytes(text: string): string {
  return (Buffer.byteLength(text) / 1e6).toFixed(2)
}

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return /node_modules|dist|^\./.test(entry.name) ? [] : files(path)
    return /\.(ts|md)$/.test(entry.name) ? [path] : []
  })
}
