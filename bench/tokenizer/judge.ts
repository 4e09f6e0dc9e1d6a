/**
 * llama.cpp as the judge of the tokenizers: the same ids on many hard texts, with and without control tokens and BOS, the
 * same text back, the same bytes of every token, the same tokens that end a generation. Vocabularies are the GGUF files in
 * ../../shared/vocab and those given; a byte-level one is tried under the name of every pre-tokenizer as well, and one of
 * SentencePiece without the space in front. Exit status 1 when anything differs; the first differences are printed.
 *   cd bench && npm install --no-save && npm run judge:tokenizer -- [--texts 20000] [--seed 1] [vocabulary.gguf ...]
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { UnsupportedError } from '../../packages/engine/src/errors.ts'
import {
  findString,
  findStrings,
  type Metadata,
  type MetadataValue,
} from '../../packages/engine/src/gguf/metadata.ts'
import { readGguf } from '../../packages/engine/src/gguf/read.ts'
import { writeGguf } from '../../packages/engine/src/gguf/write.ts'
import { Tokenizer } from '../../packages/engine/src/tokenizer/tokenizer.ts'
import { loadLlama, openLlama } from '../peers/llama-c.ts'
import type { LlamaVocabulary } from '../peers/llama-vocabulary.ts'
import { hardTexts } from './texts.ts'
import { asSentencePiece, sharedVocabularies } from './vocabularies.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { texts: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
})
const count = Number(values.texts)
const seed = Number(values.seed)
/** One name of each expression that stands for itself in llama.cpp. */
const preTokenizers = ['gpt-2', 'smollm', 'llama-bpe', 'dbrx', 'qwen2', 'qwen35', 'falcon', 'default']

const folder = mkdtempSync(join(tmpdir(), 'edgewise-tokenizer-'))
let differing = 0
let printed = 0
console.log(
  '| vocabulary | variant | texts | tokens | ids | with control tokens | whole prompts | back to text | tokens differing |',
)
console.log('|---|---|---|---|---|---|---|---|---|')
for (const path of [...sharedVocabularies(), ...positionals]) {
  const { metadata } = readGguf(readFileSync(path))
  for (const [variant, changed] of variants(metadata)) {
    const file = join(folder, 'vocabulary.gguf')
    writeFileSync(file, writeGguf({ metadata: changed, tensors: [] }))
    try {
      await judge(basename(path), variant, file, changed)
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error
      console.log(`| ${basename(path)} | ${variant} | refused: ${error.message.split(';')[0]} |`)
    }
  }
}
rmSync(folder, { recursive: true })
console.log(`\n${count} texts of seed ${seed} for each; ${loadLlama().version}.`)
process.exitCode = differing > 0 ? 1 : 0

function variants(metadata: Metadata): [string, Metadata][] {
  const change = (key: string, value: MetadataValue): Metadata =>
    new Map<string, MetadataValue>([...metadata, [`tokenizer.ggml.${key}`, value]])
  const model = findString(metadata, 'tokenizer.ggml.model')
  const own = findString(metadata, 'tokenizer.ggml.pre') ?? 'none'
  const others = preTokenizers.filter((name) => name !== own)
  if (model === 'gpt2') {
    return [
      [own, metadata],
      ...others.map((name): [string, Metadata] => [name, change('pre', { type: 'string', value: name })]),
    ]
  }
  if (model === 'gemma4') return asSentencePiece(metadata)
  return [
    ['as it is', metadata],
    ...[true, false].map((value): [string, Metadata] => [
      `add_space_prefix ${value}`,
      change('add_space_prefix', { type: 'bool', value }),
    ]),
  ]
}

async function judge(name: string, variant: string, file: string, metadata: Metadata): Promise<void> {
  const ours = await Tokenizer.open(metadata)
  using model = openLlama(file, { vocabOnly: true })
  const theirs = model.vocabulary
  const texts = findStrings(metadata, 'tokenizer.ggml.tokens')!.filter((_, id) => ours.isSpecial(id))
  const next = hardTexts(seed, texts)
  const isByteLevel = findString(metadata, 'tokenizer.ggml.model') === 'gpt2'
  const differences = { ids: 0, special: 0, prompts: 0, back: 0 }
  let tokens = 0
  for (let i = 0; i < count; i++) {
    const text = next()
    const ids = theirs.tokenize(text)
    tokens += ids.length
    differences.ids += differ(`ids of ${JSON.stringify(text)}`, ours.encode(text), ids)
    const parsed = theirs.tokenize(text, { parse: true })
    differences.special += differ(
      `ids with control tokens of ${JSON.stringify(text)}`,
      ours.encode(text, { special: true }),
      parsed,
    )
    // llama.cpp doubles a BOS or EOS that the text has itself.
    if (parsed[0] !== ours.bos && parsed.at(-1) !== ours.eos) {
      const prompt = theirs.tokenize(text, { parse: true, add: true })
      differences.prompts += differ(`prompt of ${JSON.stringify(text)}`, ours.encodePrompt(text), prompt)
    }
    differences.back += differ(
      `text of ${JSON.stringify(text)}`,
      [...ours.decode(parsed)],
      [...textOf(theirs, parsed, isByteLevel)],
    )
  }
  const wrongTokens = compareTokens(ours, theirs)
  const found = Object.values(differences)
  differing += wrongTokens + found.reduce((sum, one) => sum + one, 0)
  console.log(`| ${[name, variant, count, tokens, ...found, wrongTokens].join(' | ')} |`)
}

/** llama_detokenize; with byte-level BPE it leaves out spaces before punctuation, so there the tokens' own bytes are taken. */
function textOf(theirs: LlamaVocabulary, ids: readonly number[], isByteLevel: boolean): string {
  if (!isByteLevel) return theirs.detokenize(ids, { special: false })
  return Buffer.concat(ids.map((id) => theirs.piece(id, false))).toString()
}

/** Bytes, control type and end of every token. */
function compareTokens(ours: Tokenizer, theirs: LlamaVocabulary): number {
  const ends = new Set(ours.ends)
  let wrong = 0
  for (let id = 0; id < ours.size; id++) {
    const piece = theirs.piece(id, false)
    // A character outside of GPT-2's alphabet: llama.cpp prints a complaint in its place.
    const bytes = Buffer.from(piece).includes('[UNK_BYTE_') ? ours.bytesOf(id) : piece
    const state = (bytes: Uint8Array, isEnd: boolean, isControl: boolean) => [...bytes, isEnd, isControl]
    wrong += differ(
      `token ${id} ${JSON.stringify(theirs.token(id))}`,
      state(ours.bytesOf(id), ends.has(id), ours.typeOf(id) === 'control'),
      state(bytes, theirs.isEnd(id), theirs.isControl(id)),
    )
  }
  return wrong
}

function differ(what: string, ours: readonly unknown[], theirs: readonly unknown[]): number {
  if (ours.length === theirs.length && ours.every((value, i) => value === theirs[i])) return 0
  if (printed++ < 12) console.log(`${what}\n  ours   ${ours.join(' ')}\n  theirs ${theirs.join(' ')}`)
  return 1
}
